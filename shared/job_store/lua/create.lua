-- Records a job and enqueues it.
-- Arguments: id, maximum queued jobs and bytes, the request's name and content, owner, the owner's
-- maximum live jobs and kept bytes, then name and value of each field.
-- Result: nil. If the job was not recorded: whose bound is reached, 'queue' or 'owner', and the bound;
-- 'made' and the job that the same request made, or 'reused' and that job if the request had other
-- content.
-- Events: state.
local id, name, content = ARGV[1], ARGV[4], ARGV[5]
if state_of(id) then return end -- sent again because the answer was lost; it may already be running
local earlier, is_same = made_by(name, content)
if earlier then return { is_same and 'made' or 'reused', earlier } end
local bound = reached_bound(tonumber(ARGV[2]), tonumber(ARGV[3]))
if bound then return { 'queue', bound } end
local owner = ARGV[6]
bound = reached_owner_bound(owner, tonumber(ARGV[7]), tonumber(ARGV[8]))
if bound then return { 'owner', bound } end
remember_request(name, content, id)
accept(id, unpack(ARGV, 9))
