-- id, attempt, lease in ms, checkpoint's key -> 1, or 0 if superseded.
-- Attempts that get further are no sign of a job that kills its workers: the count begins anew.
local id, attempt, lease = ARGV[1], ARGV[2], tonumber(ARGV[3])
if not holds(id, attempt, lease) then return 0 end
redis.call('HSET', job_key(id), 'checkpoint', ARGV[4])
redis.call('DEL', lost_key(id))
return 1
