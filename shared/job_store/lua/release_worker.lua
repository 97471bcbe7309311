-- worker -> how many jobs it held. A worker that is told to stop gives them back at once; what its
-- dying process still writes is refused, since the jobs are no longer running.
local worker, count = ARGV[1], 0
for _, id in ipairs(redis.call('ZRANGE', LEASES, 0, -1)) do
  if get(id, 'worker') == worker then
    requeue(id, 'handed back')
    count = count + 1
  end
end
return count
