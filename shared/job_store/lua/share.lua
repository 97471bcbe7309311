-- Gives a job a share link, or takes it away; an earlier link no longer works.
-- Arguments: id, the hash of the link's secret, or '' for no link.
-- Result: 1; 0 if there is no such job.
-- Events: none.
local id, secret_hash = ARGV[1], ARGV[2]
if redis.call('EXISTS', job_key(id)) == 0 then return 0 end
unshare(id)
if secret_hash ~= '' then
  redis.call('SET', KEY.SHARE .. secret_hash, id)
  redis.call('HSET', job_key(id), 'share', secret_hash)
end
return 1
