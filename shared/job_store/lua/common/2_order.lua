-- In which order jobs are started. Within a priority by start-time fair queueing (Goyal, Vin & Cheng
-- 1996): a job's tag is the virtual time at which its owner's earlier jobs would be done if all owners
-- with waiting jobs shared the workers evenly. Among priorities the highest goes first, but one that
-- waits is passed over at most so often. `shared/job_store/order.py` says the same for positions.
local PRIORITIES = { 'high', 'normal', 'low' }
local PATIENCE = { normal = 4, low = 16 }
local VIRTUAL, PASSED, LOAD = 'gw:virtual', 'gw:passed', 'gw:load'

local function queue_key(priority) return 'gw:queue:' .. priority end
local function owners_key(priority) return 'gw:owners:' .. priority end -- owner to waiting jobs
local function finish_key(priority) return 'gw:finish:' .. priority end -- owner to the next tag

-- Equal tags go by number, since equal scores go by member.
local function entry(number, id) return string.format('%016d', number) .. id end
local function id_of(member) return string.sub(member, 17) end

local function virtual_time(priority)
  return tonumber(redis.call('HGET', VIRTUAL, priority) or 0)
end

-- Into its place by the tag it has: for the first time, or again.
local function place(id)
  local priority, owner, number, tag, bytes = get(id, 'priority', 'owner', 'number', 'tag', 'bytes')
  redis.call('ZADD', queue_key(priority), tag, entry(number, id))
  redis.call('HINCRBY', owners_key(priority), owner, 1)
  redis.call('HINCRBY', LOAD, 'jobs', 1)
  redis.call('HINCRBY', LOAD, 'bytes', bytes)
end

local function unplace(id)
  local priority, owner, number, bytes = get(id, 'priority', 'owner', 'number', 'bytes')
  if redis.call('ZREM', queue_key(priority), entry(number, id)) == 0 then return end
  if redis.call('HINCRBY', owners_key(priority), owner, -1) == 0 then
    redis.call('HDEL', owners_key(priority), owner)
  end
  redis.call('HINCRBY', LOAD, 'jobs', -1)
  redis.call('HINCRBY', LOAD, 'bytes', -bytes)
end

local function enqueue(id)
  local priority, owner, work = get(id, 'priority', 'owner', 'work')
  local finish = tonumber(redis.call('ZSCORE', finish_key(priority), owner) or 0)
  local tag = math.max(virtual_time(priority), finish)
  redis.call('ZADD', finish_key(priority), exact(tag + work), owner)
  redis.call('HSET', job_key(id), 'tag', exact(tag))
  place(id)
end

-- A job that is taken back before it started costs its owner nothing.
local function refund(id)
  local priority, owner, work = get(id, 'priority', 'owner', 'work')
  if redis.call('ZSCORE', finish_key(priority), owner) then
    redis.call('ZINCRBY', finish_key(priority), -work, owner)
  end
end

local function first_that_fits(priority, most)
  local CHUNK, start = 100, 0
  while true do
    local members = redis.call('ZRANGE', queue_key(priority), start, start + CHUNK - 1)
    for _, member in ipairs(members) do
      if tonumber(get(id_of(member), 'pixels')) <= most then return id_of(member) end
    end
    if #members < CHUNK then return nil end
    start = start + CHUNK
  end
end

-- Whose turn it is among the priorities that have a candidate, and who was passed over for it.
local function choose(candidates)
  local chosen
  for rank = #PRIORITIES, 1, -1 do -- who has waited for long enough, the lowest before
    local priority = PRIORITIES[rank]
    local passed = tonumber(redis.call('HGET', PASSED, priority) or 0)
    if candidates[priority] and PATIENCE[priority] and passed >= PATIENCE[priority] then
      chosen = priority
      break
    end
  end
  local passing = false
  for _, priority in ipairs(PRIORITIES) do
    if candidates[priority] then
      chosen = chosen or priority
      if priority == chosen then
        redis.call('HDEL', PASSED, priority)
        passing = true
      elseif passing then
        redis.call('HINCRBY', PASSED, priority, 1)
      end
    end
  end
  return chosen
end

-- Time passes as if all owners with waiting jobs, and one that may come, were served evenly.
local function advance(id)
  local priority, tag, work = get(id, 'priority', 'tag', 'work')
  local owners = redis.call('HLEN', owners_key(priority))
  local time = math.max(virtual_time(priority), tonumber(tag)) + work / (owners + 1)
  redis.call('HSET', VIRTUAL, priority, exact(time))
  redis.call('ZREMRANGEBYSCORE', finish_key(priority), '-inf', exact(time))
end

-- The job to start next on a worker that takes at most so many pixels, out of the queue; or nothing.
local function next_job(most)
  local candidates = {}
  for _, priority in ipairs(PRIORITIES) do candidates[priority] = first_that_fits(priority, most) end
  local chosen = choose(candidates)
  if not chosen then return nil end
  local id = candidates[chosen]
  if not get(id, 'started_at') then advance(id) end -- one that was put back is paid for
  unplace(id)
  return id
end
