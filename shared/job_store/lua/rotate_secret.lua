-- Gives a webhook a new secret; for a while, deliveries are signed with the one before too.
-- Arguments: id, the new secret, for how many ms the one before is used.
-- Result: until when in ms; nil if there is no such webhook.
-- Events: none.
local id, secret, ms = ARGV[1], ARGV[2], tonumber(ARGV[3])
local before = redis.call('HGET', webhook_key(id), 'secret')
if not before then return nil end
local till = now() + ms
if before ~= secret then -- else sent again because the answer was lost
  redis.call('HSET', webhook_key(id), 'secret', secret, 'previous_secret', before,
    'previous_until', till)
end
return exact(till)
