-- Adds a webhook to its owner's.
-- Arguments: id, owner, then name and value of each field.
-- Result: 1; 0 if the owner has as many as allowed.
-- Events: none.
local id, owner = ARGV[1], ARGV[2]
if redis.call('EXISTS', webhook_key(id)) == 1 then return 1 end -- sent again, the answer was lost
if redis.call('ZCARD', KEY.WEBHOOKS .. owner) >= LIMIT.webhooks then return 0 end
redis.call('HSET', webhook_key(id), 'owner', owner, 'created_at', now(), 'enabled', '1',
  unpack(ARGV, 3))
redis.call('ZADD', KEY.WEBHOOKS .. owner, now(), id)
return 1
