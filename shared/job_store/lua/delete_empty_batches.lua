-- Deletes the records of those batches of which no job is left.
-- Arguments: the batches' ids.
-- Result: the ids of those that are deleted.
-- Events: none.
local function is_empty(batch)
  if redis.call('EXISTS', plan_key(batch)) == 1 then return false end
  for _, id in ipairs(redis.call('LRANGE', batch_jobs_key(batch), 0, -1)) do
    if redis.call('EXISTS', job_key(id)) == 1 then return false end
  end
  return true
end

local deleted = {}
for _, batch in ipairs(ARGV) do
  if is_empty(batch) then
    local owner = redis.call('HGET', batch_key(batch), 'owner') or ''
    redis.call('DEL', batch_key(batch), batch_jobs_key(batch))
    redis.call('ZREM', KEY.BATCHES, batch)
    redis.call('ZREM', KEY.OWNED_BATCHES .. owner, batch)
    table.insert(deleted, batch)
  end
end
return deleted
