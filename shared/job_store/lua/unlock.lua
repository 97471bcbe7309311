-- Releases a lock if the caller still holds it.
-- Arguments: key, token.
-- Result: nil.
-- Events: none.
local key, token = ARGV[1], ARGV[2]
if redis.call('GET', key) == token then redis.call('DEL', key) end
