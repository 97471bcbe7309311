-- Says which place a job would get if an owner submitted it now.
-- Arguments: priority, owner.
-- Result: as JSON, how many jobs of the priority would be before it; then for each priority how many
-- jobs are queued, and how often it was passed over.
-- Events: none.
local priority, owner = ARGV[1], ARGV[2]
local finish = tonumber(redis.call('ZSCORE', finish_key(priority), owner) or 0)
local tag = math.max(virtual_time(priority), finish)
local queued, passed = queue_state()
return cjson.encode({ redis.call('ZCOUNT', queue_key(priority), '-inf', exact(tag)), queued, passed })
