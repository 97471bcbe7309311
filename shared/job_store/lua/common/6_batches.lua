-- Batches. A batch is accepted in one step with a plan, from which its jobs' records follow a few at a
-- time. Its jobs count at once: in the queue's load, and as their owner's jobs and bytes.

local function batch_key(id) return KEY.BATCH .. id end
local function batch_jobs_key(id) return KEY.BATCH_JOBS .. id end
local function plan_key(id) return KEY.PLAN .. id end

-- Reserves room in the queue, and of an owner; negative numbers release it.
local function reserve(owner, jobs, bytes, kept)
  redis.call('HINCRBY', KEY.LOAD, 'jobs', jobs)
  redis.call('HINCRBY', KEY.LOAD, 'bytes', bytes)
  redis.call('HINCRBY', KEY.KEPT, owner, kept)
  if redis.call('HINCRBY', KEY.PLANNED, owner, jobs) <= 0 then
    redis.call('HDEL', KEY.PLANNED, owner)
  end
end
