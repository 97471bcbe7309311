-- Changes a webhook. With another URL, and when it is enabled again, it begins anew: all of its
-- deliveries that wait are due as if none had failed.
-- Arguments: id, then name and value of each field.
-- Result: 1; 0 if there is no such webhook.
-- Events: none.
local id = ARGV[1]
local function fields() return unpack(redis.call('HMGET', webhook_key(id), 'url', 'enabled')) end
local url, enabled = fields()
if not url then return 0 end
if #ARGV > 1 then redis.call('HSET', webhook_key(id), unpack(ARGV, 2)) end
local new_url, now_enabled = fields()
if new_url ~= url then redis.call('HDEL', webhook_key(id), 'delivered_at') end
if new_url ~= url or now_enabled ~= enabled then
  redis.call('HDEL', webhook_key(id), 'failures', 'failing_since', 'paused_until')
end
if now_enabled == '1' then
  redis.call('HDEL', webhook_key(id), 'disabled_at', 'disabled_because')
elseif enabled == '1' then
  redis.call('HSET', webhook_key(id), 'disabled_at', now(), 'disabled_because', 'owner')
end
schedule(id)
return 1
