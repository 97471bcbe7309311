-- Changes a queued or running job: its priority, its place, and whether it is paused. Either all of it
-- is done, or nothing.
-- Arguments: id, the priority or '', 'front' or '', 'pause', 'resume' or '', maximum queued jobs and
-- bytes, the owner's maximum live jobs.
-- Result: 'done'. If nothing was changed: 'ended' or 'not_queued' and the state that it has (false if
-- there is none), 'paused', or 'queue' or 'owner' and the bound that is reached.
-- Events: state, if it is paused or resumed, or will be.
local id, priority, is_to_front, wish = ARGV[1], ARGV[2], ARGV[3] ~= '', ARGV[4]
local state, was_paused = state_of(id), is_paused(id)

-- Returns the owner's first jobs in a queue with their tags. A process of an earlier version does not
-- keep the list of them; the numbers then differ, and it is made again.
local function first_own(queue, owner)
  local key = own_key(queue, owner)
  local count = tonumber(redis.call('HGET', owners_key(queue), owner) or 0)
  if redis.call('ZCARD', key) ~= count then
    redis.call('DEL', key)
    first_of(queue_key(queue), function(member, tag)
      if queue_fields(job_of_member(member)).owner == owner then
        redis.call('ZADD', key, exact(tag), member)
      end
    end)
  end
  return redis.call('ZRANGE', key, 0, LIMIT.passed_jobs - 1, 'WITHSCORES')
end

local function change_tag(of, member, tag)
  local job = queue_fields(of)
  redis.call('HSET', job_key(of), 'tag', tag)
  redis.call('ZADD', queue_key(job.priority), tag, member)
  redis.call('ZADD', own_key(job.priority, job.owner), tag, member)
  updating_first(job.priority, job.pixels, function(key) redis.call('ZADD', key, tag, member) end)
end

-- Gives a job the tag of its owner's first one, and each that it passes a tag after it: the owner's
-- share, and so the places of other owners' jobs, stay as they are. With too many to pass, the last of
-- these changes places with the job.
local function move_to_front()
  local job = queue_fields(id)
  local own, first = queue_member(job.number, id), nil
  local after = 0
  local before = first_own(job.priority, job.owner)
  for index = 1, #before, 2 do
    local member, tag = before[index], before[index + 1]
    if member == own then break end
    if not first then first, after = tag, tonumber(tag) + work_left(id) end
    local passed = job_of_member(member)
    if index == 2 * LIMIT.passed_jobs - 1 then after = tonumber(job.tag) end
    if tonumber(tag) >= after then break end -- there is a gap, so the others are late enough
    change_tag(passed, member, exact(after))
    after = after + work_left(passed)
  end
  if first then change_tag(id, own, first) end
end

-- Puts a job into another queue, after its owner's other jobs there.
local function change_priority()
  if was_paused then return redis.call('HSET', job_key(id), 'priority', priority) end
  remove_from_queue(id)
  refund(id)
  redis.call('HSET', job_key(id), 'priority', priority)
  enqueue(id, work_left(id))
end

local function change_pending(pending)
  if (get(id, 'pending') or '') == pending then return end
  redis.call('HSET', job_key(id), 'pending', pending)
  if pending == '' then redis.call('HDEL', job_key(id), 'pending') end
  publish(id, 'state', state)
end

local function resume()
  redis.call('SADD', live_key(id), id)
  redis.call('HDEL', job_key(id), 'paused')
  move(id, 'queued', 'resumed')
  enqueue(id, work_left(id))
end

if not is_live(state) then return { 'ended', state } end
if (priority ~= '' or is_to_front) and state ~= 'queued' then return { 'not_queued', state } end
if is_to_front and (wish == 'pause' or was_paused and wish == '') then return { 'paused' } end
if was_paused and wish == 'resume' then
  local bound = reached_bound(tonumber(ARGV[5]), tonumber(ARGV[6]))
  if bound then return { 'queue', bound } end
  bound = reached_owner_bound(get(id, 'owner') or '', tonumber(ARGV[7]), math.huge)
  if bound then return { 'owner', bound } end
end

if priority ~= '' and priority ~= queue_fields(id).priority then change_priority() end
if state == 'running' and wish ~= '' then
  change_pending(wish == 'pause' and 'pause' or '')
elseif wish == 'pause' and not was_paused then
  remove_from_queue(id)
  pause(id, 'paused')
elseif wish == 'resume' and was_paused then
  resume()
end
if is_to_front then move_to_front() end
return { 'done' }
