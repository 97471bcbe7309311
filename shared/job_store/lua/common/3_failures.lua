-- Broken workers. For each worker, Redis keeps the jobs that it lost in a row through its own
-- failures; a job that it ends and a checkpoint clear them. A worker that looks broken is suspended,
-- and its lost attempts do not count against the jobs.

local FAILURES = { error = true, hung = true, killed = true } -- not expired leases, not the OOM killer

local function failures_key(worker) return KEY.FAILURES .. worker end

local function failures_of(worker)
  local known = redis.call('GET', failures_key(worker))
  if known then return cjson.decode(known) end
  return { jobs = {}, failed = 0, suspensions = 0, suspended_until = 0 }
end

local function save_failures(worker, failures)
  redis.call('SET', failures_key(worker), cjson.encode(failures), 'EX', LIMIT.failures_seconds)
end

local function clear_failures(worker)
  if worker then redis.call('DEL', failures_key(worker)) end
end

local function has(list, value)
  for _, each in ipairs(list) do
    if each == value then return true end
  end
  return false
end

-- The workers that could not read a job's record, from its field; none if that is missing or damaged.
local function decliners_in(declined_by)
  local is_json, names = pcall(cjson.decode, declined_by)
  return is_json and type(names) == 'table' and names or {}
end

-- Whether a worker other than this one could take a job of this size: online, neither draining
-- nor suspended, and able to read it.
local function is_another_able(worker, id, pixels)
  local decliners = decliners_in(get(id, 'declined_by'))
  local heard = now() / 1000 - LIMIT.heard_seconds
  for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEY.SEEN, heard, '+inf')) do
    local announced = name ~= worker and redis.call('HGET', KEY.WORKERS, name)
    local most_pixels = announced and tonumber(json_field(announced, 'pixels'))
    local drained = redis.call('ZSCORE', KEY.DRAINING, name)
    if most_pixels and most_pixels >= pixels
      and not has(decliners, name)
      and not (drained and tonumber(drained) > now() / 1000)
      and failures_of(name).suspended_until <= now() then
      return true
    end
  end
  return false
end

-- Whether this worker made all attempts that a job lost in a row.
local function are_all_of(worker, id)
  for _, each in ipairs(redis.call('LRANGE', lost_key(id), 0, -1)) do
    if cjson.decode(each).worker ~= worker then return false end
  end
  return true
end

local function suspend(worker, failures, reason)
  local pause = LIMIT.suspension_ms * 2 ^ failures.suspensions
  failures.suspensions = failures.suspensions + 1
  failures.suspended_until = now() + math.min(pause, LIMIT.longest_suspension_ms)
  failures.reason = reason
end

-- Records that a worker failed while it ran a job. Returns whether the lost attempt counts against
-- the job; if the worker is suspended for it, it does not.
local function record_failure(worker, id, reason)
  local failures = failures_of(worker)
  if not has(failures.jobs, id) then table.insert(failures.jobs, id) end
  local fails_job = redis.call('LLEN', lost_key(id)) + 1 >= LIMIT.lost_attempts
  local pixels = tonumber(get(id, 'pixels'))
  local is_suspect = failures.suspensions > 0
    or #failures.jobs >= LIMIT.failed_jobs
    or (fails_job and failures.failed > 0)
    or (fails_job and are_all_of(worker, id) and is_another_able(worker, id, pixels))
  if is_suspect then
    suspend(worker, failures, reason)
  elseif fails_job then
    failures.failed = failures.failed + 1
  end
  save_failures(worker, failures)
  return not is_suspect
end

-- Whether a worker should leave a job to others: it recently failed on it, or cannot read it.
local function is_to_avoid(worker, id, pixels)
  local avoider, since, declined_by = get(id, 'failed_on', 'failed_at', 'declined_by')
  local is_recent = avoider == worker and now() - since < LIMIT.avoid_ms
  local has_declined = declined_by and has(decliners_in(declined_by), worker)
  return (is_recent or has_declined) and is_another_able(worker, id, pixels)
end
