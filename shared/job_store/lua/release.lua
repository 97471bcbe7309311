-- Requeues a running job, or pauses it if that is pending. The attempt does not count as lost.
-- Arguments: id, attempt, reason.
-- Result: 1; 0 if the attempt was superseded.
-- Events: state.
local id, attempt, reason = ARGV[1], ARGV[2], ARGV[3]
if not ensure_held(id, attempt, 0) then return 0 end
if reason == 'paused' and get(id, 'pending') ~= 'pause' then reason = 'resumed' end
requeue(id, reason)
return 1
