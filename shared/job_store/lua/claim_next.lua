-- most pixels, worker, lease in ms, nonce -> id and attempt, or nothing.
-- Which job runs next is decided here and nowhere else.
local most, worker, lease, nonce = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3]), ARGV[4]
local answer_key, ANSWER_SECONDS = 'gw:claim:' .. worker, 60
-- redis-py sends it again when the answer was lost: the same question gets the same answer
local last = redis.call('GET', answer_key)
if last then
  last = cjson.decode(last)
  if last.nonce == nonce then return { last.id, last.attempt } end
end
local drained = redis.call('ZSCORE', 'gw:draining', worker)
if drained and tonumber(drained) > now() / 1000 then return nil end
-- a worker runs one job at a time: what it still holds, nobody runs any more
for _, id in ipairs(redis.call('ZRANGE', LEASES, 0, -1)) do
  if get(id, 'worker') == worker then lose(id, 'abandoned') end
end
local id = next_job(most)
if not id then return nil end
local attempt = redis.call('HINCRBY', job_key(id), 'attempt', 1)
redis.call('HSETNX', job_key(id), 'started_at', now())
run(id, nil, lease, 'worker', worker)
redis.call('SET', answer_key, cjson.encode({ nonce = nonce, id = id, attempt = attempt }), 'EX',
  ANSWER_SECONDS)
return { id, attempt }
