-- Records a job and enqueues it.
-- Arguments: id, maximum queued jobs, maximum queued bytes, then name and value of each field.
-- Result: nil; the name of the bound that is reached if the job was not recorded.
-- Events: state.
local id = ARGV[1]
if state_of(id) then return end -- sent again because the answer was lost; it may already be running
local bound = reached_bound(tonumber(ARGV[2]), tonumber(ARGV[3]))
if bound then return bound end
local number = redis.call('INCR', KEY.SEQUENCE)
redis.call('HSET', job_key(id), 'number', number, 'attempt', 0, 'created_at', now(),
  unpack(ARGV, 4))
redis.call('ZADD', KEY.INDEX, number, id)
redis.call('ZADD', owned_key(id), number, id)
move(id, 'queued')
enqueue(id)
