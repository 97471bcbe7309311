-- id, most queued jobs, most queued bytes, field, value, ... -> nothing, or the bound that is reached.
-- The record and its place, in one step.
local id, most = ARGV[1], { jobs = tonumber(ARGV[2]), bytes = tonumber(ARGV[3]) }
-- redis-py sends it again when the answer was lost: the job may be running by now
if state_of(id) then return end
for bound, limit in pairs(most) do
  if tonumber(redis.call('HGET', LOAD, bound) or 0) >= limit then return bound end
end
local number = redis.call('INCR', 'gw:sequence')
redis.call('HSET', job_key(id), 'number', number, 'attempt', 0, 'created_at', now(), unpack(ARGV, 4))
redis.call('ZADD', INDEX, number, id)
move(id, 'queued')
enqueue(id)
