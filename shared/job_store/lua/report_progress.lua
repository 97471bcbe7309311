-- Records a running job's progress, publishes it, and keeps its losses if the last ones are older than
-- a hundredth of all evaluations.
-- Arguments: id, attempt, lease in ms, the event's data, the evaluation, the number of all evaluations,
-- the losses as JSON that begins with the evaluation, then name and value of each field.
-- Result: 1, or what the user wants of the attempt: 'pause' or 'stop'; 0 if it was superseded.
-- Events: progress; before it, state if the attempt resumes an expired lease.
local id, attempt, lease, data = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local evaluation, evaluations = tonumber(ARGV[5]), tonumber(ARGV[6])
if not ensure_held(id, attempt, lease) then return 0 end
redis.call('HSET', job_key(id), unpack(ARGV, 8))
publish(id, 'progress', data)

local function last_evaluation()
  local last = redis.call('LINDEX', losses_key(id), -1)
  return last and tonumber(string.match(last, '%d+'))
end
local last = last_evaluation()
while last and last >= evaluation do -- the attempt continues from a checkpoint before it
  redis.call('RPOP', losses_key(id))
  last = last_evaluation()
end
if not last or evaluation - last >= evaluations / LIMIT.loss_samples then
  redis.call('RPUSH', losses_key(id), ARGV[7])
end
return get(id, 'pending') or 1
