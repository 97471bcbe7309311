-- Reads jobs, and what the positions of queued ones follow from, at one time.
-- Arguments: the ids.
-- Result: for each job its fields (none if there is no record), its log, and how many jobs of its
-- priority are before it, -1 if it is not queued; then for each priority how many jobs are queued, and
-- how often it was passed over.
-- Events: none.
local jobs, queued, passed = {}, {}, {}
for index, id in ipairs(ARGV) do
  local state, priority, number = get(id, 'state', 'priority', 'number')
  local rank = -1
  if state == 'queued' and priority and tonumber(number) then
    rank = redis.call('ZRANK', queue_key(priority), queue_member(number, id)) or -1
  end
  jobs[index] = {
    redis.call('HGETALL', job_key(id)), redis.call('LRANGE', log_key(id), 0, -1), rank,
  }
end
for index, priority in ipairs(PRIORITIES) do
  queued[index] = redis.call('ZCARD', queue_key(priority))
  passed[index] = tonumber(redis.call('HGET', KEY.PASSED, priority) or 0)
end
return { jobs, queued, passed }
