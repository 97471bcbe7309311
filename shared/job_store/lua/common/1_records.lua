-- Reading and writing records. KEY, LIMIT, PRIORITIES and PATIENCE come from keys.py.
-- Times are Redis's own, in milliseconds, so that no worker's clock matters.

local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function job_key(id) return KEY.JOB .. id end
local function log_key(id) return KEY.LOG .. id end
local function lost_key(id) return KEY.LOST .. id end
local function events_key(id) return KEY.EVENTS .. id end

-- The fields of a record; false where there is none.
local function get(id, ...) return unpack(redis.call('HMGET', job_key(id), ...)) end

local function state_of(id) return (get(id, 'state')) end

local function is_live(state) return state == 'queued' or state == 'running' end

-- The value of a JSON object's field; nil if there is none, or the text is no JSON object.
local function json_field(text, name)
  local is_json, value = pcall(cjson.decode, text)
  return is_json and type(value) == 'table' and value[name] or nil
end

-- A number as a text that reads back as the same number.
local function exact(number) return string.format('%.17g', number) end

local function publish(id, kind, data)
  redis.call('XADD', events_key(id), 'MAXLEN', '~', LIMIT.stream_length, '*',
    'kind', kind, 'data', data)
end
