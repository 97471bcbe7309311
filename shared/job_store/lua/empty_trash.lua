-- Deletes the records of a part of the jobs that were moved to the trash long enough ago, oldest first.
-- Arguments: the trash's key, how long ago in ms, how many jobs the part has at most.
-- Result: the ids of the deleted jobs, and 1 if there may be more.
-- Events: none.
local key, latest, most = ARGV[1], now() - tonumber(ARGV[2]), tonumber(ARGV[3])
local deleted, ids = {}, redis.call('ZRANGE', key, 0, most - 1)
for _, id in ipairs(ids) do
  if not is_in_trash(id) then
    restore(id) -- an older version retried it, or deleted it for good
  elseif tonumber(get(id, 'deleted_at')) > latest then
    return { deleted, 0 }
  else
    delete(id)
    table.insert(deleted, id)
  end
  redis.call('ZREM', key, id)
end
return { deleted, #ids == most and 1 or 0 }
