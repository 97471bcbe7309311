-- Deletes the record of a job that is neither queued nor running. Its events remain for a moment, so
-- that those who watch it notice.
-- Arguments: id.
-- Result: 1; 0 if there is no record, or the job is live.
-- Events: none.
local id = ARGV[1]
local state = state_of(id)
redis.call('ZREM', KEY.ENDED, id)
redis.call('ZREM', KEY.PIXELS, id)
if is_live(state) then return 0 end
remove_from_queue(id)
redis.call('ZREM', KEY.INDEX, id)
redis.call('ZREM', owned_key(id), id)
unshare(id)
redis.call('SREM', live_key(id), id)
release_kept(id)
redis.call('ZREM', KEY.LEASES, id)
redis.call('EXPIRE', events_key(id), LIMIT.deleted_stream_seconds)
return redis.call('DEL', job_key(id), log_key(id), lost_key(id), KEY.DELIVERIES .. id) > 0 and 1 or 0
