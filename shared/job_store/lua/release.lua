-- id, attempt, reason -> 1, or 0 if superseded. The attempt ends without being counted as lost: what
-- it lacked is not the job's fault.
local id, attempt, reason = ARGV[1], ARGV[2], ARGV[3]
if not holds(id, attempt, 0) then return 0 end
requeue(id, reason)
return 1
