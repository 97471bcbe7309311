-- Deletes the record of a job that is neither queued nor running, also from the trash.
-- Arguments: id.
-- Result: 1; 0 if there is no record, or the job is live.
-- Events: none.
local id = ARGV[1]
if is_live(state_of(id)) then
  redis.call('ZREM', KEY.ENDED, id)
  redis.call('ZREM', KEY.PIXELS, id)
  return 0
end
return delete(id) > 0 and 1 or 0
