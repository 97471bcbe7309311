-- Accepts a batch: reserves room for all of its jobs and keeps the plan of them; `create_planned` makes
-- their records. Writing the plan is all that takes time, a few microseconds a job.
-- Arguments: id, maximum queued jobs and bytes, the request's name and content, owner, the owner's
-- maximum live jobs and kept bytes, as JSON the jobs' bytes and pixels together and names and values of
-- the record's fields, then for each job its id and its plan.
-- Result: nil. If the batch was not accepted: whose bound is reached, 'queue' or 'owner', and the bound;
-- 'made' and what the same request made, or 'reused' and that if the request had other content.
-- Events: none.
local id, name, content, owner = ARGV[1], ARGV[4], ARGV[5], ARGV[6]
if redis.call('EXISTS', batch_key(id)) == 1 then return end -- sent again: the answer was lost
local earlier, is_same = made_by(name, content)
if earlier then return { is_same and 'made' or 'reused', earlier } end
local batch, last = cjson.decode(ARGV[9]), 9
local jobs, bytes = (#ARGV - last) / 2, batch.bytes
local kept = kept_bytes(bytes, batch.pixels)
local bound = reached_bound(tonumber(ARGV[2]), tonumber(ARGV[3]), jobs, bytes)
if bound then return { 'queue', bound } end
bound = reached_owner_bound(owner, tonumber(ARGV[7]), tonumber(ARGV[8]), jobs, kept)
if bound then return { 'owner', bound } end
local number = redis.call('INCR', KEY.SEQUENCE)
redis.call('HSET', batch_key(id), 'number', number, 'created_at', now(), 'owner', owner,
  unpack(batch.fields))
for index = last + 1, #ARGV, 2 do
  redis.call('RPUSH', batch_jobs_key(id), ARGV[index])
  redis.call('RPUSH', plan_key(id), ARGV[index + 1])
end
redis.call('SADD', KEY.PLANS, id)
redis.call('ZADD', KEY.BATCHES, number, id)
redis.call('ZADD', KEY.OWNED_BATCHES .. owner, number, id)
reserve(owner, jobs, bytes, kept)
remember_request(name, content, id)
