-- Records a job and enqueues it.
-- Arguments: id, maximum queued jobs and bytes, owner, the owner's maximum live jobs and kept bytes,
-- then name and value of each field.
-- Result: nil; whose bound is reached, `queue` or `owner`, and the bound, if the job was not recorded.
-- Events: state.
local id = ARGV[1]
if state_of(id) then return end -- sent again because the answer was lost; it may already be running
local bound = reached_bound(tonumber(ARGV[2]), tonumber(ARGV[3]))
if bound then return { 'queue', bound } end
local owner = ARGV[4]
bound = reached_owner_bound(owner, tonumber(ARGV[5]), tonumber(ARGV[6]))
if bound then return { 'owner', bound } end
local number = redis.call('INCR', KEY.SEQUENCE)
redis.call('HSET', job_key(id), 'number', number, 'attempt', 0, 'created_at', now(),
  unpack(ARGV, 7))
local bytes, pixels = get(id, 'bytes', 'pixels')
local kept = tonumber(bytes) + LIMIT.kept_bytes_a_pixel * tonumber(pixels)
redis.call('HSET', job_key(id), 'kept', kept)
redis.call('HINCRBY', KEY.KEPT, owner, kept)
redis.call('SADD', KEY.LIVE .. owner, id)
redis.call('ZADD', KEY.INDEX, number, id)
redis.call('ZADD', owned_key(id), number, id)
move(id, 'queued')
enqueue(id)
