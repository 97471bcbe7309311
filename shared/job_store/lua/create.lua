-- Records a job and enqueues it.
-- Arguments: id, maximum queued jobs, maximum queued bytes, the request's name and content, then name
-- and value of each field.
-- Result: nil. If the job was not recorded: 'bound' and the bound that is reached, 'made' and the job
-- that the same request made, or 'reused' and that job if the request had other content.
-- Events: state.
local id, name, content = ARGV[1], ARGV[4], ARGV[5]
if state_of(id) then return end -- sent again because the answer was lost; it may already be running
local earlier, is_same = made_by(name, content)
if earlier then return { is_same and 'made' or 'reused', earlier } end
local bound = reached_bound(tonumber(ARGV[2]), tonumber(ARGV[3]))
if bound then return { 'bound', bound } end
local number = redis.call('INCR', KEY.SEQUENCE)
redis.call('HSET', job_key(id), 'number', number, 'attempt', 0, 'created_at', now(),
  unpack(ARGV, 6))
redis.call('ZADD', KEY.INDEX, number, id)
remember_request(name, content, id)
move(id, 'queued')
enqueue(id)
