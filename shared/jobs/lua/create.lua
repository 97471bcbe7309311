-- id, priority (0 is first), field, value, ... -> nothing. The record and its place, in one step.
local id, priority = ARGV[1], tonumber(ARGV[2])
-- redis-py sends it again when the answer was lost: the job may be running by now
if state_of(id) then return end
local number = redis.call('INCR', 'gw:sequence')
local rank = priority * 2 ^ 42 + number -- by priority, then first come, first served
redis.call('HSET', job_key(id), 'rank', string.format('%.0f', rank), 'number', number,
  'attempt', 0, 'created_at', now(), unpack(ARGV, 3))
redis.call('ZADD', INDEX, number, id)
redis.call('ZADD', QUEUE, string.format('%.0f', rank), id)
move(id, 'queued')
