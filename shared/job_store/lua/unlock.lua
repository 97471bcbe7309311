-- key, token -> nothing. Only who took a lock gives it back.
if redis.call('GET', ARGV[1]) == ARGV[2] then redis.call('DEL', ARGV[1]) end
