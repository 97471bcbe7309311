-- The order in which jobs start. Within a priority it is start-time fair queueing (Goyal, Vin & Cheng
-- 1996): a job's tag is the virtual time at which its owner's earlier jobs would be done if all owners
-- with queued jobs shared the workers evenly. Among priorities the highest goes first, but a lower one
-- is passed over only PATIENCE times. `turns_of_priorities` in queue.py is the same rule for positions.

local function queue_key(priority) return KEY.QUEUE .. priority end
local function owners_key(priority) return KEY.OWNERS .. priority end
local function finish_key(priority) return KEY.FINISH .. priority end

-- Members with equal tags are ordered by number, since Redis orders equal scores by member.
local function queue_member(number, id)
  return string.format('%0' .. LIMIT.number_digits .. 'd', number) .. id
end
local function job_of_member(member) return string.sub(member, LIMIT.number_digits + 1) end

local function virtual_time(priority)
  return tonumber(redis.call('HGET', KEY.VIRTUAL, priority) or 0)
end

-- Puts a job into its queue at the tag that it has.
local function add_to_queue(id)
  local priority, owner, number, tag, bytes = get(id, 'priority', 'owner', 'number', 'tag', 'bytes')
  redis.call('ZADD', queue_key(priority), tag, queue_member(number, id))
  redis.call('HINCRBY', owners_key(priority), owner, 1)
  redis.call('HINCRBY', KEY.LOAD, 'jobs', 1)
  redis.call('HINCRBY', KEY.LOAD, 'bytes', bytes)
end

-- Takes a job out of its queue; does nothing if it is not in it, or if its record is incomplete.
local function remove_from_queue(id)
  local priority, owner, number, bytes = get(id, 'priority', 'owner', 'number', 'bytes')
  if not (priority and owner and number and bytes) then return end
  if redis.call('ZREM', queue_key(priority), queue_member(number, id)) == 0 then return end
  if redis.call('HINCRBY', owners_key(priority), owner, -1) == 0 then
    redis.call('HDEL', owners_key(priority), owner)
  end
  redis.call('HINCRBY', KEY.LOAD, 'jobs', -1)
  redis.call('HINCRBY', KEY.LOAD, 'bytes', -bytes)
end

-- Gives a job its tag, at its owner's end of the queue, and puts it there.
local function enqueue(id)
  local priority, owner, work = get(id, 'priority', 'owner', 'work')
  local finish = tonumber(redis.call('ZSCORE', finish_key(priority), owner) or 0)
  local tag = math.max(virtual_time(priority), finish)
  redis.call('ZADD', finish_key(priority), exact(tag + work), owner)
  redis.call('HSET', job_key(id), 'tag', exact(tag))
  add_to_queue(id)
end

-- The bound that the queue has reached, `jobs` or `bytes`; nil if there is room.
local function reached_bound(most_jobs, most_bytes)
  local jobs, bytes = unpack(redis.call('HMGET', KEY.LOAD, 'jobs', 'bytes'))
  if tonumber(jobs or 0) >= most_jobs then return 'jobs' end
  if tonumber(bytes or 0) >= most_bytes then return 'bytes' end
end

-- A job that is cancelled before it started costs its owner nothing.
local function refund(id)
  local priority, owner, work = get(id, 'priority', 'owner', 'work')
  if redis.call('ZSCORE', finish_key(priority), owner) then
    redis.call('ZINCRBY', finish_key(priority), -work, owner)
  end
end

-- The first job of a priority with at most so many pixels that is_allowed(id, pixels).
local function first_that_fits(priority, most_pixels, is_allowed)
  local CHUNK, start = 100, 0
  while true do
    local members = redis.call('ZRANGE', queue_key(priority), start, start + CHUNK - 1)
    for _, member in ipairs(members) do
      local id = job_of_member(member)
      local pixels = tonumber(get(id, 'pixels') or nil)
      if pixels and pixels <= most_pixels and is_allowed(id, pixels) then return id end
    end
    if #members < CHUNK then return nil end
    start = start + CHUNK
  end
end

-- Chooses among the priorities that have a candidate, and counts the lower ones as passed over.
local function choose(candidates)
  local chosen
  for rank = #PRIORITIES, 1, -1 do -- the lowest that was passed over too often goes first
    local priority = PRIORITIES[rank]
    local passed = tonumber(redis.call('HGET', KEY.PASSED, priority) or 0)
    if candidates[priority] and PATIENCE[priority] and passed >= PATIENCE[priority] then
      chosen = priority
      break
    end
  end
  local is_lower = false
  for _, priority in ipairs(PRIORITIES) do
    if candidates[priority] then
      chosen = chosen or priority
      if priority == chosen then
        redis.call('HDEL', KEY.PASSED, priority)
        is_lower = true
      elseif is_lower then
        redis.call('HINCRBY', KEY.PASSED, priority, 1)
      end
    end
  end
  return chosen
end

-- Virtual time advances as if all owners with queued jobs, and one that may come, were served evenly.
local function advance_virtual_time(id)
  local priority, tag, work = get(id, 'priority', 'tag', 'work')
  local owners = redis.call('HLEN', owners_key(priority))
  local time = math.max(virtual_time(priority), tonumber(tag)) + work / (owners + 1)
  redis.call('HSET', KEY.VIRTUAL, priority, exact(time))
  redis.call('ZREMRANGEBYSCORE', finish_key(priority), '-inf', exact(time))
end

-- Takes the job that starts next out of the queue and returns it; nil if none fits.
local function take_next(most_pixels, is_allowed)
  local candidates = {}
  for _, priority in ipairs(PRIORITIES) do
    candidates[priority] = first_that_fits(priority, most_pixels, is_allowed)
  end
  local chosen = choose(candidates)
  if not chosen then return nil end
  local id = candidates[chosen]
  if not get(id, 'started_at') then advance_virtual_time(id) end -- a requeued job has paid
  remove_from_queue(id)
  return id
end
