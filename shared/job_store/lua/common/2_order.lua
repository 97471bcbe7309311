-- The order in which jobs start. Within a priority it is start-time fair queueing (Goyal, Vin & Cheng
-- 1996): a job's tag is the virtual time at which its owner's earlier jobs would be done if all owners
-- with queued jobs shared the workers evenly. Among priorities the highest goes first, but a lower one
-- is passed over at most MAX_PASSED times. `turns_of_priorities` in turns.py implements the same rule.

local function queue_key(priority) return KEY.QUEUE .. priority end
local function owners_key(priority) return KEY.OWNERS .. priority end
local function finish_key(priority) return KEY.FINISH .. priority end
local function own_key(priority, owner) return KEY.OWN .. priority .. ':' .. owner end

-- Members with equal tags are sorted by number, since Redis sorts equal scores by member.
local function queue_member(number, id)
  return string.format('%0' .. LIMIT.number_digits .. 'd', number) .. id
end
local function job_of_member(member) return string.sub(member, LIMIT.number_digits + 1) end

local function virtual_time(priority)
  return tonumber(redis.call('HGET', KEY.VIRTUAL, priority) or 0)
end

-- Returns the fields that the queue uses. Fields that a damaged record lacks have defaults, so that
-- the record does not stop other jobs.
local function queue_fields(id)
  local priority, owner, number, tag, work, bytes, pixels =
    get(id, 'priority', 'owner', 'number', 'tag', 'work', 'bytes', 'pixels')
  return {
    priority = priority or 'normal',
    owner = owner or '',
    number = tonumber(number) or 0,
    tag = tonumber(tag) and tag or '0', -- as a text, which is exact
    work = tonumber(work) or 0,
    bytes = tonumber(bytes) or 0,
    pixels = tonumber(pixels) and pixels or 'unknown',
  }
end

-- An index of each queue by size, so that a worker finds the first job that fits without looking at
-- those that do not: a sorted set of the jobs of each size, and one of the first job of each size.
local function size_key(priority, pixels) return KEY.SIZE .. priority .. ':' .. pixels end
local function sizes_key(priority) return KEY.SIZES .. priority end

local function first_of_size(priority, pixels)
  return unpack(redis.call('ZRANGE', size_key(priority, pixels), 0, 0, 'WITHSCORES'))
end

-- Calls change() and corrects the first job of a size.
local function updating_first(priority, pixels, change)
  local before = first_of_size(priority, pixels)
  local result = change(size_key(priority, pixels))
  local first, tag = first_of_size(priority, pixels)
  if before and before ~= first then
    redis.call('ZREM', sizes_key(priority), before .. ':' .. pixels)
  end
  if first then redis.call('ZADD', sizes_key(priority), tag, first .. ':' .. pixels) end
  return result
end

-- Builds the index of a priority again, since a process of an earlier version changed its queue, or
-- a record was damaged.
local function index_again(priority)
  for _, first in ipairs(redis.call('ZRANGE', sizes_key(priority), 0, -1)) do
    redis.call('DEL', size_key(priority, string.match(first, ':(.*)')))
  end
  redis.call('DEL', sizes_key(priority))
  local start, sizes = 0, {}
  while true do
    local members = redis.call('ZRANGE', queue_key(priority), start, start + LIMIT.chunk - 1,
      'WITHSCORES')
    for index = 1, #members, 2 do
      local member, tag = members[index], members[index + 1]
      local pixels = queue_fields(job_of_member(member)).pixels
      redis.call('ZADD', size_key(priority, pixels), tag, member)
      sizes[pixels] = true
    end
    start = start + #members / 2
    if #members < 2 * LIMIT.chunk then break end
  end
  for pixels in pairs(sizes) do updating_first(priority, pixels, function() end) end
  redis.call('HSET', KEY.INDEXED, priority, start)
end

local function is_indexed(priority)
  local count = tonumber(redis.call('HGET', KEY.INDEXED, priority) or 0)
  return count == redis.call('ZCARD', queue_key(priority))
end

-- Adds a job to its queue with the tag that its record has.
local function add_to_queue(id)
  local job = queue_fields(id)
  local member = queue_member(job.number, id)
  redis.call('ZADD', queue_key(job.priority), job.tag, member)
  redis.call('HINCRBY', KEY.INDEXED, job.priority, updating_first(job.priority, job.pixels,
    function(key) return redis.call('ZADD', key, job.tag, member) end))
  redis.call('ZADD', own_key(job.priority, job.owner), job.tag, member)
  redis.call('HINCRBY', owners_key(job.priority), job.owner, 1)
  redis.call('HINCRBY', KEY.LOAD, 'jobs', 1)
  redis.call('HINCRBY', KEY.LOAD, 'bytes', job.bytes)
end

-- Removes a job whose record no longer has its priority and number from the queue. Returns the
-- priority and the member under which it was queued; nil if it was not queued.
local function search_and_remove(id)
  for _, priority in ipairs(PRIORITIES) do
    for _, member in ipairs(redis.call('ZRANGE', queue_key(priority), 0, -1)) do
      if job_of_member(member) == id then
        redis.call('ZREM', queue_key(priority), member)
        index_again(priority)
        return priority, member
      end
    end
  end
end

-- Removes a job that has left its queue from the index; its record may have been damaged since.
local function remove_from_index(priority, pixels, member)
  local removed = updating_first(priority, pixels,
    function(key) return redis.call('ZREM', key, member) end)
  if removed == 0 then return index_again(priority) end
  redis.call('HINCRBY', KEY.INDEXED, priority, -removed)
end

-- Removes a job from its queue; does nothing if it is not queued.
local function remove_from_queue(id)
  local job = queue_fields(id)
  local priority, member = job.priority, queue_member(job.number, id)
  if redis.call('ZREM', queue_key(priority), member) == 1 then
    remove_from_index(priority, job.pixels, member)
  else
    local known_priority, number = get(id, 'priority', 'number')
    if known_priority and tonumber(number) then return end
    priority, member = search_and_remove(id)
    if not priority then return end
  end
  redis.call('ZREM', own_key(priority, job.owner), member)
  if redis.call('HINCRBY', owners_key(priority), job.owner, -1) <= 0 then
    redis.call('HDEL', owners_key(priority), job.owner)
  end
  redis.call('HINCRBY', KEY.LOAD, 'bytes', 0 - job.bytes) -- Lua writes -0 as "-0"
  if redis.call('HINCRBY', KEY.LOAD, 'jobs', -1) <= 0 then
    redis.call('HSET', KEY.LOAD, 'jobs', 0, 'bytes', 0) -- corrects errors from damaged records
  end
end

-- Gives a job a tag after its owner's other jobs, and adds it to the queue. `work` is what its owner
-- is charged; by default all of the job's.
local function enqueue(id, work)
  local job = queue_fields(id)
  local finish = tonumber(redis.call('ZSCORE', finish_key(job.priority), job.owner) or 0)
  local tag = math.max(virtual_time(job.priority), finish)
  redis.call('ZADD', finish_key(job.priority), exact(tag + (work or job.work)), job.owner)
  redis.call('HSET', job_key(id), 'tag', exact(tag))
  add_to_queue(id)
end

-- Returns for each priority how many jobs are queued, and how often it was passed over.
local function queue_state()
  local queued, passed = {}, {}
  for index, priority in ipairs(PRIORITIES) do
    queued[index] = redis.call('ZCARD', queue_key(priority))
    passed[index] = tonumber(redis.call('HGET', KEY.PASSED, priority) or 0)
  end
  return queued, passed
end

-- Returns the bound, `jobs` or `bytes`, at which the queue has no room for the jobs and bytes
-- of a batch, or for one job of any size; nil if there is room.
local function reached_bound(max_jobs, max_bytes, more_jobs, more_bytes)
  local jobs, bytes = unpack(redis.call('HMGET', KEY.LOAD, 'jobs', 'bytes'))
  if tonumber(jobs or 0) + (more_jobs or 1) > max_jobs then return 'jobs' end
  if tonumber(bytes or 0) + (more_bytes or 1) > max_bytes then return 'bytes' end
end

-- How many jobs of an owner are queued or running, or are of a batch that is accepted.
local function live_jobs(owner)
  local planned = tonumber(redis.call('HGET', KEY.PLANNED, owner) or 0)
  return redis.call('SCARD', KEY.LIVE .. owner) + planned
end

-- Returns the bound, `jobs` or `bytes`, at which an owner has no room, as `reached_bound` does.
local function reached_owner_bound(owner, max_jobs, max_bytes, more_jobs, more_bytes)
  more_jobs, more_bytes = more_jobs or 1, more_bytes or 1
  if live_jobs(owner) + more_jobs > max_jobs then
    -- a script of an older version ends jobs without removing them from here
    local key = KEY.LIVE .. owner
    for _, id in ipairs(redis.call('SMEMBERS', key)) do
      if not is_live(state_of(id)) then redis.call('SREM', key, id) end
    end
    if live_jobs(owner) + more_jobs > max_jobs then return 'jobs' end
  end
  local kept = tonumber(redis.call('HGET', KEY.KEPT, owner) or 0)
  if kept + more_bytes > max_bytes then return 'bytes' end
end

-- Gives bytes back to an owner.
local function release_bytes(owner, bytes)
  if redis.call('HINCRBY', KEY.KEPT, owner, 0 - bytes) <= 0 then
    redis.call('HDEL', KEY.KEPT, owner)
  end
end

-- Gives the bytes that a job keeps back to its owner.
local function release_kept(id)
  local kept, owner = get(id, 'kept', 'owner')
  if tonumber(kept) then release_bytes(owner or '', kept) end
end

-- The work of a queued job that is still to be done. Without a checkpoint it has no progress.
local function work_left(id)
  local progress = get(id, 'progress')
  local fraction = progress and tonumber(json_field(progress, 'fraction')) or 0
  return queue_fields(id).work * (1 - fraction)
end

-- Gives the owner of a job that leaves the queue without running the share for its work back.
local function refund(id)
  local job = queue_fields(id)
  if redis.call('ZSCORE', finish_key(job.priority), job.owner) then
    redis.call('ZINCRBY', finish_key(job.priority), -work_left(id), job.owner)
  end
end

-- Calls visit(member, tag) for the members of a sorted set in order, until it returns a value.
local function first_of(key, visit)
  local start, count = 0, 1 -- it is mostly the first one
  while true do
    local members = redis.call('ZRANGE', key, start, start + count - 1, 'WITHSCORES')
    for index = 1, #members, 2 do
      local found = visit(members[index], tonumber(members[index + 1]))
      if found then return found end
    end
    if #members < 2 * count then return nil end
    start, count = start + count, LIMIT.chunk
  end
end

-- Whether a member of a queue starts before another; equal tags start by number.
local function is_before(member, tag, other)
  if tag ~= other.tag then return tag < other.tag end
  local digits = LIMIT.number_digits
  return tonumber(string.sub(member, 1, digits)) < tonumber(string.sub(other.member, 1, digits))
end

-- Returns the first job of a priority with up to `max_pixels` for which is_allowed(id, pixels) holds.
local function first_that_fits(priority, max_pixels, is_allowed)
  if not is_indexed(priority) then index_again(priority) end
  local best, is_outdated
  local function try(member, tag)
    if best and not is_before(member, tag, best) then return true end
    is_outdated = not redis.call('ZSCORE', queue_key(priority), member)
    if is_outdated then return true end
    local id = job_of_member(member)
    local pixels, attempt = get(id, 'pixels', 'attempt') -- false in a damaged record
    pixels = tonumber(pixels)
    if pixels and tonumber(attempt) and pixels <= max_pixels and is_allowed(id, pixels) then
      best = { id = id, member = member, tag = tag }
      return true
    end
  end
  first_of(sizes_key(priority), function(first, tag)
    local member, pixels = string.match(first, '(.*):(.*)')
    if best and not is_before(member, tag, best) then return true end
    if (tonumber(pixels) or math.huge) <= max_pixels then
      first_of(size_key(priority, pixels), try)
    end
    return is_outdated
  end)
  if is_outdated then -- an earlier version claimed one job and queued another
    index_again(priority)
    return first_that_fits(priority, max_pixels, is_allowed)
  end
  return best and best.id
end

-- Chooses a priority among those that have a candidate, and counts the lower ones as passed over.
local function choose(candidates)
  local chosen
  for rank = #PRIORITIES, 1, -1 do -- the lowest that was passed over too often goes first
    local priority = PRIORITIES[rank]
    local passed = tonumber(redis.call('HGET', KEY.PASSED, priority) or 0)
    if candidates[priority] and MAX_PASSED[priority] and passed >= MAX_PASSED[priority] then
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

-- Advances virtual time as if all owners with queued jobs, and one more, were served evenly.
local function advance_virtual_time(id)
  local job = queue_fields(id)
  local owners = redis.call('HLEN', owners_key(job.priority))
  local time = math.max(virtual_time(job.priority), tonumber(job.tag)) + job.work / (owners + 1)
  redis.call('HSET', KEY.VIRTUAL, job.priority, exact(time))
  redis.call('ZREMRANGEBYSCORE', finish_key(job.priority), '-inf', exact(time))
end

-- Removes the job that starts next from the queue and returns it; nil if none fits.
local function take_next(max_pixels, is_allowed)
  local candidates = {}
  for _, priority in ipairs(PRIORITIES) do
    candidates[priority] = first_that_fits(priority, max_pixels, is_allowed)
  end
  local chosen = choose(candidates)
  if not chosen then return nil end
  local id = candidates[chosen]
  if not get(id, 'started_at') then advance_virtual_time(id) end -- a requeued job counted before
  remove_from_queue(id)
  return id
end
