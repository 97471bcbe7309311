-- Ends an attempt of a worker that cannot read the record, which may be of a later version: the job is
-- left to another worker, and fails if there is none that could take it.
-- Arguments: id, attempt, fault as JSON.
-- Result: 1; 0 if the attempt was superseded.
-- Events: state.
local id, attempt, fault = ARGV[1], ARGV[2], ARGV[3]
if not ensure_held(id, attempt, 0) then return 0 end
local worker, pixels, declined_by = get(id, 'worker', 'pixels', 'declined_by')
local decliners = decliners_in(declined_by)
table.insert(decliners, worker)
redis.call('HSET', job_key(id), 'declined_by', cjson.encode(decliners))
if is_another_able(worker, id, tonumber(pixels) or 0) then
  requeue(id, 'unreadable')
else
  finish(id, 'failed', nil, 'error', fault)
end
return 1
