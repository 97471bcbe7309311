-- id -> 1 if the record of an ended job is gone now, 0 if there is none or it has not ended.
local id = ARGV[1]
local state = state_of(id)
if not state or state == 'queued' or state == 'running' then return 0 end
redis.call('DEL', job_key(id), stream_key(id), log_key(id), lost_key(id))
redis.call('ZREM', INDEX, id)
redis.call('ZREM', ENDED, id)
return 1
