-- Enqueues a failed job again, after its owner's other jobs; it resumes from its checkpoint.
-- Arguments: id, maximum queued jobs and bytes, the request's name and content, the owner's maximum
-- live jobs.
-- Result: the state that it had, or false; if it stays failed, whose bound is reached, and the bound;
-- 'trashed' if it is in the trash.
-- The same request again gets the same result; with other content, it gets 'reused' and the job.
-- Events: state.
local id, name, content = ARGV[1], ARGV[4], ARGV[5]
local earlier, is_same = made_by(name, content)
if earlier then return is_same and { 'failed' } or { 'reused', earlier } end
local state = state_of(id)
if state ~= 'failed' then return { state } end
if is_in_trash(id) then return { 'trashed' } end
local bound = reached_bound(tonumber(ARGV[2]), tonumber(ARGV[3]))
if bound then return { state, 'queue', bound } end
bound = reached_owner_bound(get(id, 'owner') or '', tonumber(ARGV[6]), math.huge)
if bound then return { state, 'owner', bound } end
redis.call('SADD', live_key(id), id)
remember_request(name, content, id)
redis.call('ZREM', KEY.ENDED, id)
redis.call('DEL', lost_key(id))
redis.call('HDEL', job_key(id), 'error', 'finished_at', 'started_at', 'worker',
  'declined_by', 'pending', 'paused')
redis.call('PERSIST', events_key(id))
redis.call('PERSIST', losses_key(id))
move(id, 'queued', 'retried')
enqueue(id)
return { state }
