-- Claims deliveries that are due, one of a webhook at a time. If nothing is recorded for one within
-- the lease, since its worker was killed, it can be claimed again.
-- Arguments: lease in ms, how many deliveries, how many of them for webhooks that are not working.
-- Result: a list of the deliveries, as JSON.
-- Events: none.
local lease, time = tonumber(ARGV[1]), now()
local claimed = {}

-- Returns the first delivery of a webhook if it is due; those that have expired are removed.
local function first_due(webhook)
  while true do
    local id, at = unpack(redis.call('ZRANGE', pending_key(webhook), 0, 0, 'WITHSCORES'))
    if not id or tonumber(at) > time then return nil end
    if redis.call('EXISTS', delivery_key(id)) == 1 then return id end
    redis.call('ZREM', pending_key(webhook), id)
  end
end

local function claim(webhook, kind)
  local id = first_due(webhook)
  if id then
    local attempt = redis.call('HINCRBY', delivery_key(id), 'attempts', 1)
    redis.call('ZADD', pending_key(webhook), time + lease, id)
    redis.call('HSET', webhook_key(webhook), 'leased_until', time + lease)
    local event, job, record, at = unpack(redis.call('HMGET', delivery_key(id), 'event', 'job',
      'record', 'at'))
    local url, secret, previous, till, failures = unpack(redis.call('HMGET', webhook_key(webhook),
      'url', 'secret', 'previous_secret', 'previous_until', 'failures'))
    if not till or tonumber(till) < time then previous = nil end
    table.insert(claimed, {
      id = id, webhook = webhook, attempt = attempt, event = event, job = job, record = record,
      at = tonumber(at), url = url, secret = secret, previous_secret = previous,
      now = time,
      failures = tonumber(failures) or 0, is_working = kind == 'working',
    })
  end
  schedule(webhook)
end

local function claim_due(kind, most)
  local due = redis.call('ZRANGEBYSCORE', KEY.DUE .. kind, '-inf', time, 'LIMIT', 0, most)
  for _, webhook in ipairs(due) do claim(webhook, kind) end
end

local most, unproven = tonumber(ARGV[2]), tonumber(ARGV[3])
claim_due('working', most)
claim_due('unproven', math.min(most - #claimed, unproven))
return #claimed > 0 and cjson.encode(claimed) or '[]'
