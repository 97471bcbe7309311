-- Renews the lease of a running job.
-- Arguments: id, attempt, lease in ms.
-- Result: 1, or what the user wants of the attempt: 'pause' or 'stop'; 0 if it was superseded.
-- Events: state, if the attempt resumes an expired lease.
local id, attempt, lease = ARGV[1], ARGV[2], tonumber(ARGV[3])
if not ensure_held(id, attempt, lease) then return 0 end
redis.call('ZADD', KEY.LEASES, now() + lease, id)
return get(id, 'pending') or 1
