-- id -> the state it had, or nothing. At once, with no worker online too: a running attempt finds
-- its next write refused and stops.
local id = ARGV[1]
local state = state_of(id)
if state == 'queued' and not get(id, 'started_at') then refund(id) end
if state == 'queued' or state == 'running' then finish(id, 'cancelled') end
return state
