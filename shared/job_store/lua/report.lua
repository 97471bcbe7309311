-- Writes fields of a running job's record and publishes an event.
-- Arguments: id, attempt, lease in ms, the event's kind and data, then name and value of each field.
-- Result: 1, or what the user wants of the attempt: 'pause' or 'stop'; 0 if it was superseded.
-- Events: the given one; before it, state if the attempt resumes an expired lease.
local id, attempt, lease, kind, data = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5]
if not ensure_held(id, attempt, lease) then return 0 end
redis.call('HSET', job_key(id), unpack(ARGV, 6))
publish(id, kind, data)
return get(id, 'pending') or 1
