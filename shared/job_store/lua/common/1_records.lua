-- Reading and writing records. KEY, LIMIT, PRIORITIES and MAX_PASSED come from keys.py.
-- All times are Redis's, in milliseconds, so that the workers' clocks do not matter.

local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function job_key(id) return KEY.JOB .. id end
local function log_key(id) return KEY.LOG .. id end
local function lost_key(id) return KEY.LOST .. id end
local function events_key(id) return KEY.EVENTS .. id end
local function losses_key(id) return KEY.LOSSES .. id end

-- Returns fields of a record; false for those that it lacks.
local function get(id, ...) return unpack(redis.call('HMGET', job_key(id), ...)) end

-- Returns a whole record as a table.
local function fields_of(id)
  local fields, pairs_of = {}, redis.call('HGETALL', job_key(id))
  for index = 1, #pairs_of, 2 do fields[pairs_of[index]] = pairs_of[index + 1] end
  return fields
end

-- The key of the list of the jobs that a job's owner has.
local function owned_key(id) return KEY.OWNED .. (get(id, 'owner') or '') end

local function live_key(id) return KEY.LIVE .. (get(id, 'owner') or '') end

-- Revokes the share link of a job, if it has one.
local function unshare(id)
  local secret_hash = get(id, 'share')
  if not secret_hash then return end
  redis.call('DEL', KEY.SHARE .. secret_hash)
  redis.call('HDEL', job_key(id), 'share')
end

local function state_of(id) return (get(id, 'state')) end

local function is_live(state) return state == 'queued' or state == 'running' end

-- Whether a job is kept out of the queue. Its state is `queued`, since earlier versions know no other.
local function is_paused(id)
  local state, paused = get(id, 'state', 'paused')
  return state == 'queued' and paused and true or false
end

-- Returns a field of a JSON object; nil if it is missing or the text is not a JSON object.
local function json_field(text, name)
  local is_json, value = pcall(cjson.decode, text)
  return is_json and type(value) == 'table' and value[name] or nil
end

-- Returns a number as a text that reads back as the same number.
local function exact(number) return string.format('%.17g', number) end

local function publish(id, kind, data)
  redis.call('XADD', events_key(id), 'MAXLEN', '~', LIMIT.stream_length, '*',
    'kind', kind, 'data', data)
end
