-- id, attempt, state, field, value -> 1, or 0 if superseded. How a running job ends.
local id, attempt, state, field, value = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
-- sent again because the answer was lost: it is in
local is_state, is_attempt, is_value = get(id, 'state', 'attempt', field)
if is_state == state and is_attempt == attempt and is_value == value then return 1 end
if not holds(id, attempt, 0) then return 0 end
finish(id, state, nil, field, value)
return 1
