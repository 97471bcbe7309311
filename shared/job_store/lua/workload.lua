-- Reads what jobs need from a worker.
-- Arguments: the ids.
-- Result: as JSON, for each job its pixels and its work; false for what its record lacks.
-- Events: none.
local rows = {}
for index, id in ipairs(ARGV) do
  rows[index] = { get(id, 'pixels', 'work') }
end
return cjson.encode(rows)
