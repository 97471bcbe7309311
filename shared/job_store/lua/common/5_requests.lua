-- Requests with an Idempotency-Key: sent again, they make no second job. `name` is empty without one.

local function request_key(name) return KEY.REQUEST .. name end

-- Returns the job that a request with this name made, and whether it had the same content; nil if
-- there was none.
local function made_by(name, content)
  local known = name ~= '' and redis.call('GET', request_key(name))
  if not known then return nil end
  return json_field(known, 'job'), json_field(known, 'content') == content
end

local function remember_request(name, content, id)
  if name == '' then return end
  redis.call('SET', request_key(name), cjson.encode({ job = id, content = content }),
    'EX', LIMIT.request_seconds)
end
