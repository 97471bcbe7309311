-- most pixels, worker, lease in ms -> id and attempt, or nothing.
-- Which job runs next is decided here and nowhere else: the first in rank that fits the worker.
local most, worker, lease = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
local CHUNK = 100

local function first_that_fits()
  local start = 0
  while true do
    local ids = redis.call('ZRANGE', QUEUE, start, start + CHUNK - 1)
    for _, id in ipairs(ids) do
      if tonumber(redis.call('HGET', job_key(id), 'pixels')) <= most then return id end
    end
    if #ids < CHUNK then return nil end
    start = start + CHUNK
  end
end

local id = first_that_fits()
if not id then return nil end
local time = now()
local attempt = redis.call('HINCRBY', job_key(id), 'attempt', 1)
redis.call('ZREM', QUEUE, id)
redis.call('ZADD', LEASES, time + lease, id)
redis.call('HSETNX', job_key(id), 'started_at', time)
move(id, 'running', 'worker', worker)
return { id, attempt }
