-- Lets a worker that is online claim no more jobs, or claim jobs again.
-- Arguments: worker, 'drain' or 'undrain'.
-- Result: 1; 0 if no such worker is online.
-- Events: none.
local worker, heard = ARGV[1], now() / 1000 - LIMIT.heard_seconds
if tonumber(redis.call('ZSCORE', KEY.SEEN, worker) or 0) < heard then return 0 end
if ARGV[2] == 'drain' then
  redis.call('ZADD', KEY.DRAINING, '+inf', worker)
else
  redis.call('ZREM', KEY.DRAINING, worker)
end
return 1
