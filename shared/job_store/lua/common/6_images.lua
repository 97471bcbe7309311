-- Images that were uploaded before a job uses them. `name` is the owner, a colon and the hash.

local function image_key(name) return KEY.IMAGE .. name end

local function use_image(name) redis.call('ZADD', KEY.IMAGES, now(), name) end

-- Deletes the record of an image; returns the key of its object, or nil if there is no such image.
local function forget_image(name)
  local record = redis.call('GETDEL', image_key(name))
  redis.call('ZREM', KEY.IMAGES, name)
  if not record then return nil end
  release_bytes(string.match(name, '(.*):'), json_field(record, 'bytes') or 0)
  return json_field(record, 'key')
end
