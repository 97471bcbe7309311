-- Records the next jobs of a batch's plan and enqueues them. Whoever runs it again, also at the same
-- time, continues where the plan is: no job is made twice.
-- Arguments: the batch's id, how many jobs.
-- Result: how many jobs are left in the plan.
-- Events: state.
local batch, most = ARGV[1], tonumber(ARGV[2])
for _ = 1, most do
  local text = redis.call('LPOP', plan_key(batch))
  if not text then break end
  local planned = cjson.decode(text)
  local kept = kept_bytes(planned.bytes, planned.pixels)
  reserve(planned.owner, -1, -planned.bytes, -kept)
  accept(planned.id, unpack(planned.fields))
end
local left = redis.call('LLEN', plan_key(batch))
if left == 0 then redis.call('SREM', KEY.PLANS, batch) end
return left
