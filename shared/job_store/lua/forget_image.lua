-- Deletes the record of an image that was uploaded, before the object itself is deleted.
-- Arguments: owner, hash.
-- Result: the key of its object; nil if there is no such image.
-- Events: none.
return forget_image(ARGV[1] .. ':' .. ARGV[2])
