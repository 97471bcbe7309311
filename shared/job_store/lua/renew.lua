-- Renews the lease of a running job.
-- Arguments: id, attempt, lease in ms.
-- Result: 1; 0 if the attempt was superseded.
-- Events: state, if the attempt resumes an expired lease.
local id, attempt, lease = ARGV[1], ARGV[2], tonumber(ARGV[3])
if not ensure_held(id, attempt, lease) then return 0 end
redis.call('ZADD', KEY.LEASES, now() + lease, id)
return 1
