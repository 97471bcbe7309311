-- Ends a queued or running job as cancelled.
-- Arguments: id.
-- Result: the state that it had, '' if its record has none; nil if there is no such job.
-- Events: state.
local id = ARGV[1]
if redis.call('EXISTS', job_key(id)) == 0 then return nil end
local state = state_of(id) or ''
if state == 'queued' and not get(id, 'started_at') and not is_paused(id) then refund(id) end
if is_live(state) then finish(id, 'cancelled') end
return state
