-- id, attempt, reason, fallback_steps further down, fault or '' -> 1, or 0 if superseded. Somebody saw the
-- attempt's process end, or end itself: the job need not wait until its lease lapses.
local id, attempt, reason, fallback_steps, fault = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local state, holder = get(id, 'state', 'attempt')
if state ~= 'running' or holder ~= attempt then return 0 end
redis.call('HINCRBY', job_key(id), 'fallback_step', fallback_steps)
lose(id, reason, fault ~= '' and fault or nil)
return 1
