-- Requeues jobs whose lease has expired: their worker was killed, hangs or has no connection.
-- Arguments: lease in ms.
-- Result: how many jobs.
-- Events: state.
local lease, time = tonumber(ARGV[1]), now()
local last = redis.call('GETSET', KEY.RECONCILED, time)
local expired = redis.call('ZRANGEBYSCORE', KEY.LEASES, '-inf', time)
if last and time - last > lease then
  -- nobody searched for longer than a lease, since Redis or all workers were down: extend the leases
  -- by more than the time between two renewals, so that the workers can resume their jobs
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
    redis.call('ZREM', KEY.LEASES, id) -- its record is damaged or was deleted
  end
end
return count
