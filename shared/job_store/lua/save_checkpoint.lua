-- Records a checkpoint. This counts as progress: earlier lost attempts no longer count.
-- Arguments: id, attempt, lease in ms, the checkpoint's key.
-- Result: 1; 0 if the attempt was superseded.
-- Events: state, if the attempt resumes an expired lease.
local id, attempt, lease, key = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
if not ensure_held(id, attempt, lease) then return 0 end
redis.call('HSET', job_key(id), 'checkpoint', key)
redis.call('DEL', lost_key(id))
clear_failures(get(id, 'worker'))
return 1
