-- Reads a batch, and of each of its jobs what its progress follows from.
-- Arguments: id.
-- Result: nil if there is no such batch; else as JSON: the record's fields; the jobs' ids; for each job
-- its state (false without a record, 'deleted' in the trash), work, pixels, priority, done fraction,
-- seconds to its end, and how many jobs of its priority are before it (-1 if it is not queued); how many
-- of the last jobs are only planned; then for each priority how many jobs are queued, and how often it
-- was passed over.
-- Events: none.
local batch = ARGV[1]
local pairs_of = redis.call('HGETALL', batch_key(batch))
if #pairs_of == 0 then return nil end
local fields, jobs = {}, {}
for index = 1, #pairs_of, 2 do fields[pairs_of[index]] = pairs_of[index + 1] end
local ids = redis.call('LRANGE', batch_jobs_key(batch), 0, -1)
for index, id in ipairs(ids) do
  local state, work, pixels, priority, number, progress, eta =
    get(id, 'state', 'work', 'pixels', 'priority', 'number', 'progress', 'eta_seconds')
  local rank = -1
  if state == 'queued' and priority and tonumber(number) then
    rank = redis.call('ZRANK', queue_key(priority), queue_member(number, id)) or -1
  end
  if is_in_trash(id) then state = 'deleted' end
  local fraction = is_live(state) and progress and json_field(progress, 'fraction')
  jobs[index] = { state, work, pixels, priority, fraction or 0, eta, rank }
end
return cjson.encode({ fields, ids, jobs, redis.call('LLEN', plan_key(batch)), queue_state() })
