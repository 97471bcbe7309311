-- Records how an attempt to send a delivery ended.
-- Arguments: delivery, attempt, the attempt as JSON, 1 if it succeeded, in how many ms the next one
-- is due or '' if there is none, for how many ms the webhook pauses, 1 if the receiver is gone.
-- Result: 1; 0 if the delivery has ended, or another attempt has begun.
-- Events: none.
local id, attempt, entry, succeeded = ARGV[1], ARGV[2], ARGV[3], ARGV[4] == '1'
local next_ms, pause_ms, is_gone = tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7] == '1'
local webhook, job, state, last, at = unpack(redis.call('HMGET', delivery_key(id), 'webhook',
  'job', 'state', 'attempts', 'at'))
if state ~= 'pending' or last ~= attempt then return 0 end
-- else sent again because the answer was lost
if redis.call('HSETNX', delivery_key(id), 'attempt:' .. attempt, entry) == 0 then return 1 end
local time = now()
if succeeded then
  end_delivery(webhook, id, 'delivered')
elseif next_ms and not is_gone then
  redis.call('ZADD', pending_key(webhook), time + next_ms, id)
else
  end_delivery(webhook, id, 'failed')
end
if redis.call('EXISTS', webhook_key(webhook)) == 0 then -- it was deleted meanwhile
  redis.call('DEL', pending_key(webhook))
  return 1
end
redis.call('HDEL', webhook_key(webhook), 'leased_until')
if succeeded then
  redis.call('HDEL', webhook_key(webhook), 'failures', 'failing_since', 'paused_until')
  redis.call('HSET', webhook_key(webhook), 'delivered_at', time)
else
  redis.call('HINCRBY', webhook_key(webhook), 'failures', 1)
  redis.call('HSETNX', webhook_key(webhook), 'failing_since', time)
  redis.call('HSET', webhook_key(webhook), 'paused_until', time + pause_ms)
  local delivered = redis.call('HGET', webhook_key(webhook), 'delivered_at')
  -- all attempts of a delivery failed, and no other succeeded since
  local has_failed = not next_ms and job ~= '' and (tonumber(delivered) or 0) < tonumber(at)
  if is_gone or has_failed then
    redis.call('HSET', webhook_key(webhook), 'enabled', '0', 'disabled_at', time,
      'disabled_because', is_gone and 'gone' or 'failing')
  end
end
schedule(webhook)
return 1
