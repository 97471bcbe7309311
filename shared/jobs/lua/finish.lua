-- id, attempt, state, field, value -> 1, or 0 if superseded. How a running job ends.
local id, attempt, state = ARGV[1], ARGV[2], ARGV[3]
if not holds(id, attempt) then return 0 end
finish(id, state, ARGV[4], ARGV[5])
return 1
