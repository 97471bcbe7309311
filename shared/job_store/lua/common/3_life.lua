-- A job's way from state to state.
local MOST_LOST = 3 -- attempts that end with their worker; then the job itself is the likely cause

local function state_of(id) return (get(id, 'state')) end

local function say(id, kind, data)
  redis.call('XADD', stream_key(id), 'MAXLEN', '~', STREAM_LENGTH, '*', 'kind', kind, 'data', data)
end

-- Every change of state goes through here, so that the log and the stream tell all of them.
local function move(id, state, reason, ...)
  redis.call('HSET', job_key(id), 'state', state, ...)
  local attempt, worker = get(id, 'attempt', 'worker')
  local line = { state = state, at = now(), attempt = tonumber(attempt), reason = reason or nil }
  if state ~= 'queued' or reason then line.worker = worker or nil end
  redis.call('RPUSH', log_key(id), cjson.encode(line))
  redis.call('LTRIM', log_key(id), -LOG_LENGTH, -1)
  say(id, 'state', state)
end

local function finish(id, state, reason, ...)
  unplace(id)
  redis.call('ZREM', LEASES, id)
  redis.call('HDEL', job_key(id), 'eta_seconds', 'lapsed')
  if state ~= 'failed' then redis.call('HDEL', job_key(id), 'checkpoint') end -- may be tried again
  local time = now()
  redis.call('ZADD', ENDED, time, id)
  move(id, state, reason, 'finished_at', time, ...)
  redis.call('EXPIRE', stream_key(id), STREAM_SECONDS)
end

-- Back to the old place in the queue. What is saved of it is kept, and so is how far that was.
local function requeue(id, reason)
  redis.call('ZREM', LEASES, id)
  redis.call('HDEL', job_key(id), 'eta_seconds')
  if not get(id, 'checkpoint') then redis.call('HDEL', job_key(id), 'progress') end
  move(id, 'queued', reason)
  place(id)
end

local function run(id, reason, lease, ...)
  redis.call('HDEL', job_key(id), 'lapsed')
  redis.call('ZADD', LEASES, now() + lease, id)
  move(id, 'running', reason, 'held_since', now(), ...)
end

-- An attempt has lost its worker: what is known of it is kept, and goes with the job if it was the
-- last that is made. `fault` is then why it failed, if the caller knows better than we do.
local function lose(id, reason, fault)
  local attempt, worker, since, progress = get(id, 'attempt', 'worker', 'held_since', 'progress')
  local known = { attempt = tonumber(attempt), worker = worker or nil, reason = reason }
  known.seconds = math.floor((now() - (since or now())) / 1000)
  if progress then known.evaluation = cjson.decode(progress).evaluation end
  if redis.call('RPUSH', lost_key(id), cjson.encode(known)) < MOST_LOST then
    return requeue(id, reason)
  end
  local lost = {}
  for _, each in ipairs(redis.call('LRANGE', lost_key(id), 0, -1)) do
    table.insert(lost, cjson.decode(each))
  end
  local parameters = { attempts = #lost, lost = lost }
  local ours = cjson.encode({ code = 'workers_lost', parameters = parameters })
  finish(id, 'failed', reason, 'error', fault or ours)
end

-- Fencing: only the attempt that the record names may write. One whose lease lapsed takes its job up
-- again if nobody else has meanwhile.
local function holds(id, attempt, lease)
  local state, holder, lapsed = get(id, 'state', 'attempt', 'lapsed')
  if holder ~= attempt then return false end
  if state == 'running' then return true end
  if state ~= 'queued' or lapsed ~= attempt then return false end
  unplace(id)
  redis.call('RPOP', lost_key(id)) -- it was not lost after all
  run(id, 'taken up again', lease)
  return true
end
