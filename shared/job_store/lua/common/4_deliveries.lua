-- The outbox of webhooks: what happened to a job is put there by the step that changes the job, so
-- that no crash loses it. Each webhook has its own deliveries, and one is sent at a time, so that a
-- receiver that does not answer delays no other.

local function webhook_key(id) return KEY.WEBHOOK .. id end
local function delivery_key(id) return KEY.DELIVERY .. id end
local function pending_key(webhook) return KEY.PENDING .. webhook end

-- Sets when a webhook's next delivery can be sent. Those whose last delivery succeeded are kept
-- apart: however many others there are, these do not wait for them.
local function schedule(webhook)
  redis.call('ZREM', KEY.DUE .. 'working', webhook)
  redis.call('ZREM', KEY.DUE .. 'unproven', webhook)
  local _, time = unpack(redis.call('ZRANGE', pending_key(webhook), 0, 0, 'WITHSCORES'))
  local enabled, failures, delivered, paused, leased = unpack(redis.call('HMGET',
    webhook_key(webhook), 'enabled', 'failures', 'delivered_at', 'paused_until', 'leased_until'))
  if not time or enabled ~= '1' then return end
  time = math.max(tonumber(time), tonumber(paused) or 0, tonumber(leased) or 0)
  local kind = delivered and not failures and 'working' or 'unproven'
  redis.call('ZADD', KEY.DUE .. kind, time, webhook)
end

-- Ends a delivery; what was to be sent is no longer needed.
local function end_delivery(webhook, id, state)
  redis.call('ZREM', pending_key(webhook), id)
  if redis.call('EXISTS', delivery_key(id)) == 0 then return end -- it has expired
  redis.call('HDEL', delivery_key(id), 'record')
  redis.call('HSET', delivery_key(id), 'state', state)
end

-- Adds a delivery to the log of a job or a webhook.
local function log_delivery(whose, id)
  local key = KEY.DELIVERIES .. whose
  redis.call('LPUSH', key, id)
  redis.call('LTRIM', key, 0, LIMIT.deliveries - 1)
  redis.call('EXPIRE', key, LIMIT.delivery_seconds)
end

-- Puts an event into the outbox of a webhook, and returns the delivery. `job` and `record` are empty
-- for a test; `unique` tells the events of a job and a webhook apart.
local function add_delivery(webhook, event, job, record, unique)
  local id = 'msg_' .. string.sub(redis.sha1hex(webhook .. job .. event .. unique), 1,
    LIMIT.delivery_digits)
  if redis.call('EXISTS', delivery_key(id)) == 1 then return id end -- sent again
  local time = now()
  redis.call('HSET', delivery_key(id), 'webhook', webhook, 'event', event, 'job', job,
    'record', record, 'at', time, 'attempts', 0, 'state', 'pending')
  redis.call('EXPIRE', delivery_key(id), LIMIT.delivery_seconds)
  -- somebody waits for a test, so it goes first; of one millisecond, the earlier one does
  local seconds, micros = unpack(redis.call('TIME'))
  local due = seconds * 1000 + micros / 1000 - 1 -- at once: now() is rounded down
  redis.call('ZADD', pending_key(webhook), job == '' and 0 or due, id)
  redis.call('EXPIRE', pending_key(webhook), LIMIT.delivery_seconds)
  if redis.call('ZCARD', pending_key(webhook)) > LIMIT.pending_deliveries then
    end_delivery(webhook, redis.call('ZRANGE', pending_key(webhook), 0, 0)[1], 'failed')
  end
  if job ~= '' then log_delivery(job, id) end
  log_delivery(webhook, id)
  schedule(webhook)
  return id
end

-- Puts the end of a job into the outboxes of its owner's webhooks.
local function announce_end(id, state)
  local webhooks = redis.call('ZRANGE', KEY.WEBHOOKS .. (get(id, 'owner') or ''), 0, -1)
  local event, record = 'job.' .. state, nil
  for _, webhook in ipairs(webhooks) do
    local enabled, events = unpack(redis.call('HMGET', webhook_key(webhook), 'enabled', 'events'))
    if enabled == '1' and string.find(' ' .. events .. ' ', ' ' .. event .. ' ', 1, true) then
      -- as it is now: the job can be retried or deleted before the delivery
      record = record or cjson.encode(fields_of(id))
      add_delivery(webhook, event, id, record, exact(now()))
    end
  end
end
