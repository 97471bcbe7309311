-- Removes the float pixels' key from a record, before the object itself is deleted.
-- Arguments: id.
-- Result: the key; nil if the record has none.
-- Events: none.
local id = ARGV[1]
local key = get(id, 'float_pixels')
redis.call('ZREM', KEY.PIXELS, id)
redis.call('HDEL', job_key(id), 'float_pixels')
return key or nil
