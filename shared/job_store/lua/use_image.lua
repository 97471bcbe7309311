-- Returns the record of an image that was uploaded, which is used now.
-- Arguments: owner, hash.
-- Result: the record as JSON; nil if there is none.
-- Events: none.
local name = ARGV[1] .. ':' .. ARGV[2]
local record = redis.call('GET', image_key(name))
if not record then return nil end
use_image(name)
return record
