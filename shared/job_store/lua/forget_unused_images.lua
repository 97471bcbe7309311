-- Deletes the records of images that were not used for some time, oldest first.
-- Arguments: for how many milliseconds, how many at the most.
-- Result: the keys of their objects.
-- Events: none.
local keys = {}
local names = redis.call('ZRANGEBYSCORE', KEY.IMAGES, '-inf', now() - ARGV[1], 'LIMIT', 0, ARGV[2])
for _, name in ipairs(names) do
  table.insert(keys, forget_image(name) or '')
end
return keys
