-- Ends a queued or running job as cancelled.
-- Arguments: id.
-- Result: the state that it had, '' if its record has none; nil if there is no such job.
-- Events: state.
local id = ARGV[1]
if redis.call('EXISTS', job_key(id)) == 0 then return nil end
return cancel(id)
