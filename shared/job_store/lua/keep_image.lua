-- Records an image that was uploaded, and uses it now.
-- Arguments: owner, hash, the record as JSON, its bytes, the owner's maximum kept bytes.
-- Result: nil if it was recorded; 'known' and the earlier record if there is one; else 'full'.
-- Events: none.
local owner, record = ARGV[1], ARGV[3]
local name = owner .. ':' .. ARGV[2]
local earlier = redis.call('GET', image_key(name))
if earlier then
  use_image(name)
  return { 'known', earlier }
end
if reached_owner_bound(owner, math.huge, tonumber(ARGV[5])) then return { 'full' } end
redis.call('SET', image_key(name), record)
redis.call('HINCRBY', KEY.KEPT, owner, ARGV[4])
use_image(name)
