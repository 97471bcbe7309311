-- id -> the state it had, or nothing. Puts a failed job into the queue again, at its owner's end of
-- it; it goes on from what is saved of it.
local id = ARGV[1]
local state = state_of(id)
if state ~= 'failed' then return state end
redis.call('ZREM', ENDED, id)
redis.call('DEL', lost_key(id))
redis.call('HDEL', job_key(id), 'error', 'finished_at', 'started_at', 'worker')
redis.call('PERSIST', stream_key(id))
move(id, 'queued', 'retried')
enqueue(id)
return state
