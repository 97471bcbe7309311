-- Reads jobs, and what the positions of queued ones follow from, at one time.
-- Arguments: the ids.
-- Result: as JSON, since redis-py reads one long answer much faster than many short ones: for each
-- job its fields (none if there is no record), its log, and how many jobs of its priority are before it,
-- -1 if it is not queued; then for each priority how many jobs are queued, and how often it was passed
-- over.
-- Events: none.
local jobs = {}
for index, id in ipairs(ARGV) do
  local fields, rank = fields_of(id), -1
  if fields.state == 'queued' and fields.priority and tonumber(fields.number) then
    local member = queue_member(fields.number, id)
    rank = redis.call('ZRANK', queue_key(fields.priority), member) or -1
  end
  jobs[index] = { fields, redis.call('LRANGE', log_key(id), 0, -1), rank }
end
return cjson.encode({ jobs, queue_state() })
