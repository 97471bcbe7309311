-- The trash: deleted jobs, whose records, pictures and places in other indexes stay as they are until
-- they are deleted for good. Its members are sorted by the number of their deletion.

local function owned_trash_key(id) return KEY.OWNED_TRASH .. (get(id, 'owner') or '') end

-- Whether a job is in the trash. Processes of an older version do not know the trash, and can retry a
-- failed job that is in it: a job that is live, or has ended later, is not. `records.py` has the same
-- rule.
local function is_in_trash(id)
  local state, deleted_at, finished_at = get(id, 'state', 'deleted_at', 'finished_at')
  deleted_at = tonumber(deleted_at)
  return deleted_at and not is_live(state) and deleted_at >= (tonumber(finished_at) or 0)
end

-- Moves an ended job to the trash.
local function trash(id)
  local number = redis.call('INCR', KEY.SEQUENCE)
  -- the clock may have been set back since the job ended
  local time = math.max(now(), tonumber(get(id, 'finished_at')) or 0)
  redis.call('HSET', job_key(id), 'deleted_at', time)
  redis.call('ZREM', KEY.INDEX, id)
  redis.call('ZREM', owned_key(id), id)
  redis.call('ZADD', KEY.TRASH, number, id)
  redis.call('ZADD', owned_trash_key(id), number, id)
end

-- Takes a job out of the trash, to its old place in the lists.
local function restore(id)
  redis.call('ZREM', KEY.TRASH, id)
  redis.call('ZREM', owned_trash_key(id), id)
  local number = get(id, 'number')
  if redis.call('HDEL', job_key(id), 'deleted_at') == 0 then return end
  redis.call('ZADD', KEY.INDEX, tonumber(number) or 0, id)
  redis.call('ZADD', owned_key(id), tonumber(number) or 0, id)
end

-- Deletes the record of a job that is not live. Its events remain for a moment, so that those who
-- watch it notice. Returns how many keys it had.
local function delete(id)
  redis.call('ZREM', KEY.ENDED, id)
  redis.call('ZREM', KEY.PIXELS, id)
  remove_from_queue(id)
  redis.call('ZREM', KEY.INDEX, id)
  redis.call('ZREM', owned_key(id), id)
  redis.call('ZREM', KEY.TRASH, id)
  redis.call('ZREM', owned_trash_key(id), id)
  unshare(id)
  redis.call('SREM', live_key(id), id)
  release_kept(id)
  redis.call('ZREM', KEY.LEASES, id)
  redis.call('EXPIRE', events_key(id), LIMIT.deleted_stream_seconds)
  redis.call('DEL', losses_key(id))
  return redis.call('DEL', job_key(id), log_key(id), lost_key(id), KEY.DELIVERIES .. id)
end
