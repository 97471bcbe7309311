-- Takes a part of an owner's jobs out of the trash, those that were deleted first.
-- Arguments: owner, the number after which their deletions begin, how many jobs the part has at most.
-- Result: how many were restored, and 1 if there may be more.
-- Events: none.
local key, after, most = KEY.OWNED_TRASH .. ARGV[1], ARGV[2], tonumber(ARGV[3])
local ids, restored = redis.call('ZRANGEBYSCORE', key, '(' .. after, '+inf', 'LIMIT', 0, most), 0
for _, id in ipairs(ids) do
  if redis.call('EXISTS', job_key(id)) == 1 then restored = restored + 1 end
  restore(id)
  redis.call('ZREM', key, id) -- also if its record is damaged, or an older version deleted it
end
return { restored, #ids == most and 1 or 0 }
