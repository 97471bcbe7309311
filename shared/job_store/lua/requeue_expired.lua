-- Requeues jobs whose lease has expired: their worker was killed, hung or cut off.
-- Arguments: lease in ms.
-- Result: how many jobs there were.
-- Events: state.
local lease, time = tonumber(ARGV[1]), now()
local last = redis.call('GETSET', KEY.RECONCILED, time)
local expired = redis.call('ZRANGEBYSCORE', KEY.LEASES, '-inf', time)
if last and time - last > lease then
  -- nobody looked for longer than a lease, since Redis or every worker was away: the workers that
  -- come back first get longer than from one renewal to the next, to resume their jobs
  for _, id in ipairs(expired) do redis.call('ZADD', KEY.LEASES, time + lease / 2, id) end
  return 0
end
local count = 0
for _, id in ipairs(expired) do
  local state, attempt = get(id, 'state', 'attempt')
  if state == 'running' then
    redis.call('HSET', job_key(id), 'lapsed', attempt or '')
    lose(id, 'lapsed', '')
    count = count + 1
  elseif not state then
    redis.call('ZREM', KEY.LEASES, id) -- its record is damaged or gone
  end
end
return count
