-- Moves a part of an owner's jobs to the trash, newest first.
-- Arguments: owner, the number before which the part begins, how many jobs it has at most, '1' to cancel
-- live jobs, which otherwise stay.
-- Result: how many were moved, how many of them were cancelled for it, and the number before which the
-- next part begins, '' if there is none.
-- Events: state, of jobs that are cancelled.
local key, before, most, cancels = KEY.OWNED .. ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4] == '1'
local rows = redis.call('ZREVRANGEBYSCORE', key, '(' .. before, '-inf', 'WITHSCORES', 'LIMIT', 0, most)
local moved, cancelled = 0, 0
for index = 1, #rows, 2 do
  local id = rows[index]
  if redis.call('EXISTS', job_key(id)) == 0 then
    redis.call('ZREM', key, id)
  elseif cancels or not is_live(state_of(id)) then
    if is_live(cancel(id)) then cancelled = cancelled + 1 end
    trash(id)
    moved = moved + 1
  end
end
return { moved, cancelled, #rows == 2 * most and rows[#rows] or '' }
