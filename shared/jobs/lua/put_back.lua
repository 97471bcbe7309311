-- most lost attempts, error -> how many jobs had lost their worker.
-- A lease that lapsed means a worker that was killed, hung or cut off: the job goes back to its
-- old place in the queue, or ends when that has happened too often.
local most, fault = tonumber(ARGV[1]), ARGV[2]
local lapsed = redis.call('ZRANGEBYSCORE', LEASES, '-inf', now())
for _, id in ipairs(lapsed) do
  if redis.call('HINCRBY', job_key(id), 'lost', 1) >= most then
    finish(id, 'failed', 'error', fault)
  else
    requeue(id)
  end
end
return #lapsed
