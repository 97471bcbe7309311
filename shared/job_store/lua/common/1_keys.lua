-- What every step on jobs shares. Times are Redis's own, in milliseconds: no worker's clock counts.
local LEASES, INDEX, ENDED = 'gw:leases', 'gw:jobs', 'gw:ended'
local STREAM_LENGTH, STREAM_SECONDS = 64, 3600
local LOG_LENGTH = 200

local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function job_key(id) return 'gw:job:' .. id end
local function stream_key(id) return 'gw:events:' .. id end
local function log_key(id) return 'gw:log:' .. id end
local function lost_key(id) return 'gw:lost:' .. id end

local function get(id, ...) return unpack(redis.call('HMGET', job_key(id), ...)) end
local function exact(number) return string.format('%.17g', number) end
