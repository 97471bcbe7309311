-- The transitions of a job.

-- Changes a job's state. All changes go through here, so that log and events are complete. The events
-- begin when a job first leaves the queue or is paused: a stream takes 4 kB however short it is.
local function move(id, state, reason, ...)
  redis.call('HSET', job_key(id), 'state', state, ...)
  local attempt, worker = get(id, 'attempt', 'worker')
  local line = { state = state, at = now(), attempt = tonumber(attempt), reason = reason or nil }
  if state ~= 'queued' or reason then line.worker = worker or nil end
  redis.call('RPUSH', log_key(id), cjson.encode(line))
  redis.call('LTRIM', log_key(id), -LIMIT.log_length, -1)
  if state ~= 'queued' or reason or redis.call('EXISTS', events_key(id)) == 1 then
    publish(id, 'state', state)
  end
end

-- The bytes that a job with inputs of `bytes` and a result of `pixels` keeps.
local function kept_bytes(bytes, pixels)
  return tonumber(bytes) + LIMIT.kept_bytes_a_pixel * tonumber(pixels)
end

-- Records a job with these names and values of fields, and enqueues it.
local function accept(id, ...)
  local number = redis.call('INCR', KEY.SEQUENCE)
  redis.call('HSET', job_key(id), 'number', number, 'attempt', 0, 'created_at', now(), ...)
  local owner, bytes, pixels = get(id, 'owner', 'bytes', 'pixels')
  local kept = kept_bytes(bytes, pixels)
  redis.call('HSET', job_key(id), 'kept', kept)
  redis.call('HINCRBY', KEY.KEPT, owner, kept)
  redis.call('SADD', live_key(id), id)
  redis.call('ZADD', KEY.INDEX, number, id)
  redis.call('ZADD', owned_key(id), number, id)
  move(id, 'queued')
  enqueue(id)
end

local function finish(id, state, reason, ...)
  remove_from_queue(id)
  redis.call('SREM', live_key(id), id)
  redis.call('ZREM', KEY.LEASES, id)
  redis.call('HDEL', job_key(id), 'eta_seconds', 'lapsed', 'pending', 'paused')
  if state ~= 'failed' then redis.call('HDEL', job_key(id), 'checkpoint') end -- else for a retry
  local time = now()
  redis.call('ZADD', KEY.ENDED, time, id)
  move(id, state, reason, 'finished_at', time, ...)
  redis.call('EXPIRE', events_key(id), LIMIT.stream_seconds)
  redis.call('EXPIRE', losses_key(id), LIMIT.stream_seconds)
  announce_end(id, state)
end

-- Keeps a job, which is in no queue, out of it until it is resumed. It does not count as live, and its
-- owner gets the share for the rest of its work back. An attempt whose lease expired does not get it.
local function pause(id, reason)
  refund(id)
  redis.call('SREM', live_key(id), id)
  redis.call('HDEL', job_key(id), 'pending', 'lapsed')
  move(id, 'queued', reason, 'paused', now())
end

-- Ends a queued or running job as cancelled. Returns the state that it had, '' if it had none.
local function cancel(id)
  local state = state_of(id) or ''
  if state == 'queued' and not get(id, 'started_at') and not is_paused(id) then refund(id) end
  if is_live(state) then finish(id, 'cancelled') end
  return state
end

-- Puts a job back to its old place in the queue, or pauses it if that is pending. If it has a
-- checkpoint, it keeps its progress; otherwise there is nothing that a stop could keep.
local function requeue(id, reason)
  redis.call('ZREM', KEY.LEASES, id)
  redis.call('HDEL', job_key(id), 'eta_seconds')
  local checkpoint, pending = get(id, 'checkpoint', 'pending')
  if not checkpoint then redis.call('HDEL', job_key(id), 'progress') end
  if pending == 'pause' then return pause(id, reason) end
  if pending and not checkpoint then redis.call('HDEL', job_key(id), 'pending') end
  move(id, 'queued', reason)
  add_to_queue(id)
end

local function run(id, reason, lease, ...)
  redis.call('HDEL', job_key(id), 'lapsed', 'failed_on', 'failed_at')
  redis.call('ZADD', KEY.LEASES, now() + lease, id)
  move(id, 'running', reason, 'held_since', now(), ...)
end

-- Requeues the job of a lost attempt, or fails it after too many. What is known of each lost attempt
-- becomes part of the error, unless the caller passes a more specific `fault`.
local function lose(id, reason, detail, fault)
  local attempt, worker, since, progress = get(id, 'attempt', 'worker', 'held_since', 'progress')
  local counts = true
  if worker and FAILURES[reason] then
    counts = record_failure(worker, id, detail ~= '' and detail or reason)
    if reason ~= 'killed' then
      redis.call('HSET', job_key(id), 'failed_on', worker, 'failed_at', now())
    end
  end
  if not counts then return requeue(id, reason) end
  local known = { attempt = tonumber(attempt), worker = worker or nil, reason = reason }
  known.detail = detail ~= '' and detail or nil
  known.seconds = math.floor((now() - (tonumber(since) or now())) / 1000)
  known.evaluation = progress and json_field(progress, 'evaluation') or nil
  if redis.call('RPUSH', lost_key(id), cjson.encode(known)) < LIMIT.lost_attempts then
    return requeue(id, reason)
  end
  local lost = {}
  for _, each in ipairs(redis.call('LRANGE', lost_key(id), 0, -1)) do
    table.insert(lost, cjson.decode(each))
  end
  local parameters = { attempts = #lost, lost = lost }
  local workers_lost = cjson.encode({ code = 'workers_lost', parameters = parameters })
  finish(id, 'failed', reason, 'error', fault or workers_lost)
end

-- Fencing: ensures that an attempt holds its job before it writes. An attempt whose lease expired
-- gets the job back, unless another attempt began meanwhile. Returns false if it was superseded.
local function ensure_held(id, attempt, lease)
  local state, holder, expired = get(id, 'state', 'attempt', 'lapsed')
  if holder ~= attempt then return false end
  if state == 'running' then return true end
  if state ~= 'queued' or expired ~= attempt then return false end
  remove_from_queue(id)
  redis.call('RPOP', lost_key(id)) -- the attempt was not lost
  run(id, 'taken up again', lease)
  return true
end
