-- Ends an attempt whose process exits, so that the job does not wait until the lease expires.
-- Arguments: id, attempt, reason, detail or '', fallback steps to add, fault as JSON or ''.
-- Result: 1; 0 if the attempt was superseded.
-- Events: state.
local id, attempt, reason, detail, steps, fault =
  ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local state, holder = get(id, 'state', 'attempt')
if state ~= 'running' or holder ~= attempt then return 0 end
-- `rung` in records without a version
redis.call('HSET', job_key(id), 'fallback_step',
  (get(id, 'fallback_step') or get(id, 'rung') or 0) + steps)
lose(id, reason, detail, fault ~= '' and fault or nil)
return 1
