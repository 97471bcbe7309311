-- Says whether an owner has room for one more job, before its pictures are read.
-- Arguments: owner, maximum live jobs, maximum kept bytes.
-- Result: the bound that is reached, `jobs` or `bytes`; nil if there is room.
-- Events: none.
return reached_owner_bound(ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]))
