-- Lets the attempt that runs a job end it with the pixels that it has.
-- Arguments: id.
-- Result: 1, also if it has been done already; the state if the job is not running, '' if there is none.
-- Events: state.
local id = ARGV[1]
local state, pending, stopped_after = get(id, 'state', 'pending', 'stopped_after')
if state == 'succeeded' and stopped_after then return 1 end
if state ~= 'running' then return state or '' end
if pending ~= 'stop' then
  redis.call('HSET', job_key(id), 'pending', 'stop')
  publish(id, 'state', state)
end
return 1
