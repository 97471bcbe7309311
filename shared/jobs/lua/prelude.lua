-- What every step on jobs shares. Times are Redis's own, in milliseconds: no worker's clock counts.
local QUEUE, LEASES, INDEX = 'gw:queue', 'gw:leases', 'gw:jobs'
local STREAM_LENGTH, STREAM_SECONDS = 64, 3600

local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function job_key(id) return 'gw:job:' .. id end
local function stream_key(id) return 'gw:events:' .. id end

local function state_of(id) return redis.call('HGET', job_key(id), 'state') end

local function say(id, kind, data)
  redis.call('XADD', stream_key(id), 'MAXLEN', '~', STREAM_LENGTH, '*', 'kind', kind, 'data', data)
end

-- Every change of state goes through here, so that the stream tells all of them.
local function move(id, state, ...)
  redis.call('HSET', job_key(id), 'state', state, ...)
  say(id, 'state', state)
end

local function requeue(id)
  redis.call('ZREM', LEASES, id)
  redis.call('HDEL', job_key(id), 'progress', 'eta_seconds', 'worker')
  move(id, 'queued')
  redis.call('ZADD', QUEUE, redis.call('HGET', job_key(id), 'rank'), id)
end

local function finish(id, state, ...)
  redis.call('ZREM', QUEUE, id)
  redis.call('ZREM', LEASES, id)
  redis.call('HDEL', job_key(id), 'eta_seconds')
  move(id, state, 'finished_at', now(), ...)
  redis.call('EXPIRE', stream_key(id), STREAM_SECONDS)
end

-- Fencing: only the attempt that the record names may write.
local function holds(id, attempt)
  local held = redis.call('HMGET', job_key(id), 'state', 'attempt')
  return held[1] == 'running' and held[2] == attempt
end
