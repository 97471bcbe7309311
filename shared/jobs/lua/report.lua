-- id, attempt, event's kind, event's data, field, value, ... -> 1, or 0 if superseded.
local id, attempt, kind, data = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if not holds(id, attempt) then return 0 end
redis.call('HSET', job_key(id), unpack(ARGV, 5))
say(id, kind, data)
return 1
