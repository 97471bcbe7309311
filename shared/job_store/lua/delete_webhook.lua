-- Deletes a webhook; its deliveries that wait are not sent.
-- Arguments: id.
-- Result: 1; 0 if there is no such webhook.
-- Events: none.
local id = ARGV[1]
local owner = redis.call('HGET', webhook_key(id), 'owner')
if not owner then return 0 end
redis.call('ZREM', KEY.WEBHOOKS .. owner, id)
redis.call('DEL', webhook_key(id), pending_key(id), KEY.DELIVERIES .. id)
schedule(id)
return 1
