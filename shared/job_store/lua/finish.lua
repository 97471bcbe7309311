-- Ends a running job as succeeded or failed; as stopped early if `stopped_after` is among the fields.
-- Arguments: id, attempt, state, then name and value of each field.
-- Result: 1; 0 if the attempt was superseded.
-- Events: state.
local id, attempt, state, field, value = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local had_state, had_attempt, had_value, worker = get(id, 'state', 'attempt', field, 'worker')
-- sent again because the answer was lost
if had_state == state and had_attempt == attempt and had_value == value then return 1 end
if not ensure_held(id, attempt, 0) then return 0 end
clear_failures(worker)
finish(id, state, has(ARGV, 'stopped_after') and 'stopped' or nil, unpack(ARGV, 4))
if get(id, 'float_pixels') then
  redis.call('ZADD', KEY.PIXELS, get(id, 'finished_at'), id)
end
return 1
