-- Takes a job out of the trash; one that is not in it stays as it is.
-- Arguments: id.
-- Result: 1; 0 if there is no record.
-- Events: none.
local id = ARGV[1]
if redis.call('EXISTS', job_key(id)) == 0 then return 0 end
restore(id)
return 1
