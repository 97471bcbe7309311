-- Requeues the jobs of a worker that is stopping. Later writes of its process are refused.
-- Arguments: worker.
-- Result: how many jobs it held.
-- Events: state.
local worker, count = ARGV[1], 0
for _, id in ipairs(redis.call('ZRANGE', KEY.LEASES, 0, -1)) do
  if get(id, 'worker') == worker then
    requeue(id, 'handed back')
    count = count + 1
  end
end
return count
