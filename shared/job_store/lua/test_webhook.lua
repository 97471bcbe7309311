-- Puts a test into the outbox of a webhook. It is sent at once, also if the webhook pauses.
-- Arguments: id, the event, a text that no other test of the webhook has.
-- Result: the delivery; nil if there is no such webhook, '' if it is disabled.
-- Events: none.
local id, event, unique = ARGV[1], ARGV[2], ARGV[3]
local enabled = redis.call('HGET', webhook_key(id), 'enabled')
if not enabled then return nil end
if enabled ~= '1' then return '' end
redis.call('HDEL', webhook_key(id), 'paused_until')
return add_delivery(id, event, '', '', unique)
