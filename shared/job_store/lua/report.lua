-- id, attempt, lease in ms, event's kind, event's data, field, value, ... -> 1, or 0 if superseded.
local id, attempt, lease, kind, data = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5]
if not holds(id, attempt, lease) then return 0 end
redis.call('HSET', job_key(id), unpack(ARGV, 6))
say(id, kind, data)
return 1
