-- id, attempt, lease in ms -> 1, or 0 if the attempt no longer holds the job.
local id, attempt, lease = ARGV[1], ARGV[2], tonumber(ARGV[3])
if not holds(id, attempt, lease) then return 0 end
redis.call('ZADD', LEASES, now() + lease, id)
return 1
