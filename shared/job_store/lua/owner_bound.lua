-- Says whether an owner has room for more jobs, before their pictures are read.
-- Arguments: owner, maximum live jobs, maximum kept bytes, the number of jobs.
-- Result: the bound that is reached, `jobs` or `bytes`; nil if there is room.
-- Events: none.
return reached_owner_bound(ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]))
