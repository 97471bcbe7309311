-- Claims the next job that fits a worker. Only this script decides which job runs next.
-- Arguments: worker, maximum pixels, lease in ms, nonce.
-- Result: id and attempt; nil if nothing fits, or the worker is draining or suspended.
-- Events: state.
local worker, max_pixels, lease, nonce = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local answer_key = KEY.CLAIM .. worker
-- redis-py sends the claim again if the answer was lost: the same claim gets the same answer
local last = redis.call('GET', answer_key)
if last then
  last = cjson.decode(last)
  if last.nonce == nonce then return { last.id, last.attempt } end
end
local drained = redis.call('ZSCORE', KEY.DRAINING, worker)
if drained and tonumber(drained) > now() / 1000 then return nil end
-- a worker runs one job at a time, so a job that it still holds is not running
for _, id in ipairs(redis.call('ZRANGE', KEY.LEASES, 0, -1)) do
  if get(id, 'worker') == worker then lose(id, 'abandoned', '') end
end
local failures = failures_of(worker)
if failures.suspended_until > now() then return nil end

local function is_allowed(id, pixels) return not is_to_avoid(worker, id, pixels) end
local function is_preferred(id, pixels)
  return not has(failures.jobs, id) and is_allowed(id, pixels)
end
local id = take_next(max_pixels, is_preferred)
-- if there is none, a job that the worker lost
if not id and #failures.jobs > 0 then id = take_next(max_pixels, is_allowed) end
if not id then return nil end
local attempt = redis.call('HINCRBY', job_key(id), 'attempt', 1)
redis.call('HSETNX', job_key(id), 'started_at', now())
run(id, nil, lease, 'worker', worker)
redis.call('SET', answer_key, cjson.encode({ nonce = nonce, id = id, attempt = attempt }),
  'EX', LIMIT.claim_answer_seconds)
return { id, attempt }
