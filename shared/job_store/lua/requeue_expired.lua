-- lease in ms -> how many jobs had lost their worker.
-- A lease that lapsed means a worker that was killed, hung or cut off. Were all cut off at once, for
-- Redis was away, those that come back first get the time to take their jobs up again.
local lease, time = tonumber(ARGV[1]), now()
local last = redis.call('GETSET', 'gw:reconciled', time)
local lapsed = redis.call('ZRANGEBYSCORE', LEASES, '-inf', time)
if last and time - last > lease then
  -- longer than from one renewal to the next
  for _, id in ipairs(lapsed) do redis.call('ZADD', LEASES, time + lease / 2, id) end
  return 0
end
for _, id in ipairs(lapsed) do
  redis.call('HSET', job_key(id), 'lapsed', get(id, 'attempt'))
  lose(id, 'lapsed')
end
return #lapsed
