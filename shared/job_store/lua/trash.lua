-- Moves a job that is neither queued nor running to the trash.
-- Arguments: id.
-- Result: 1; 0 if there is no record, or the job is live.
-- Events: none.
local id = ARGV[1]
if redis.call('EXISTS', job_key(id)) == 0 or is_live(state_of(id)) then return 0 end
if not is_in_trash(id) then trash(id) end
return 1
