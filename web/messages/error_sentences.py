"""The sentence of every error code, for `errors.sentence`, which puts the parameters in."""

from web.messages.rules import OTHER
from web.messages.sentences import Choice, Plural, Sentence

SENTENCES: dict[str, Sentence] = {
    "missing_file": "'{field}' has no file. Choose one.",
    "too_many_files": Plural(
        "'{field}' accepts one file. {count} were sent.",
        "'{field}' accepts up to {maximum} files. {count} were sent.",
        by="maximum",
    ),
    "too_many_jobs": Plural(
        "{contents_counted} × {styles_counted} × {settings_counted} are {count} job. A batch can"
        " have up to {maximum}.",
        "{contents_counted} × {styles_counted} × {settings_counted} are {count} jobs. A batch can"
        " have up to {maximum}.",
        by="count",
    ),
    "upload_too_large": "The upload is too large. Files can have up to {maximum_mb} MB together.",
    "form_too_large": (
        "The form's text fields are too large. Together they can have up to {maximum} bytes in"
        " {parts} parts."
    ),
    "not_an_image": "The file for '{field}' is not an image of a supported format. Use {formats}.",
    "truncated_image": (
        "The file for '{field}' is incomplete or damaged. Save or download it again."
    ),
    "image_too_small": (
        "The image for '{field}' has {width} × {height} pixels. Each side needs at least {minimum}."
    ),
    "image_too_large": (
        "The image for '{field}' has {width} × {height} pixels, which is more than {largest}"
        " megapixels. Use a smaller one."
    ),
    "image_too_complex": (
        "The image for '{field}' takes more than {seconds} s or {megabytes} MB of memory to decode."
        " Save it as a JPEG or PNG, or make it smaller."
    ),
    "image_too_elongated": (
        "The image for '{field}' has {width} × {height} pixels. Its result would be too narrow or"
        " too large at every size. Crop it."
    ),
    "result_too_large": (
        "A result of {columns} × {rows} pixels is larger than this server allows ({megapixels:g}"
        " megapixels, {longest} pixels a side). For this image, '{field}' can be up to {maximum}."
    ),
    "result_too_narrow": (
        "A result of {columns} × {rows} pixels is too narrow. For this image, '{field}' must be at"
        " least {minimum}."
    ),
    "no_worker_fits": (
        "No worker that was online in the last day has enough memory for a result of {columns} ×"
        " {rows} pixels. {way_out}"
    ),
    "too_long_for_format": (
        "A picture of {width} × {height} pixels does not fit into a {format} file, whose sides can"
        " have up to {maximum} pixels. Use png or tiff."
    ),
    "invalid_json": "'{field}' must be a JSON object: {reason}.",
    "unknown_field": "There is no field '{field}'. The fields are {names}.",
    "unknown_parameter": "This address has no parameter '{field}'. {way_out}",
    "unknown_setting": "There is no setting '{field}'. The settings are {names}.",
    "invalid_setting": OTHER,  # `rules` has one for each rule
    "blend_mismatch": (
        "'{field}' has {weights_counted} and {styles_counted} came. Send one weight for each image,"
        " or leave '{field}' out so that all count equally."
    ),
    "styles_too_large": Plural(
        "The style images would be too large together. For {styles} style image, '{field}' can be"
        " up to {largest}.",
        "The style images would be too large together. For {styles} style images, '{field}' can be"
        " up to {largest}.",
        by="styles",
    ),
    "init_missing": (
        "'{field}' has no file, and '{setting}' is 'image'. Send the image to start from, or choose"
        " another value for '{setting}'."
    ),
    "init_unused": (
        "'{field}' has a file, and '{setting}' is '{value}'. Choose 'image' for '{setting}' to"
        " start from the file, or leave the file out."
    ),
    "init_of_other_shape": (
        "The image for '{field}' has {width} × {height} pixels, and the content image {of_width} ×"
        " {of_height}. Crop it to the same proportions."
    ),
    "invalid_idempotency_key": (
        "The header '{field}' must have up to {maximum} visible ASCII characters."
    ),
    "idempotency_key_reused": (
        "A request with this '{field}' was sent before with other content, and made {id}. Use a new"
        " key for another request."
    ),
    "invalid_hash": "'{field}' must be a SHA-256: 64 hexadecimal digits.",
    "hash_mismatch": (
        "The file's SHA-256 is {sha256}, which is not the one in '{field}'. Upload it under its own"
        " hash; if that is the one you sent, the file was damaged on the way."
    ),
    "no_recipe": (
        "The file for '{field}' does not say how it was painted. Use one that Gramworks made and"
        " that no other program has saved since."
    ),
    "image_not_uploaded": (
        "No image with the hash in '{field}' is kept for you. Upload it first, with PUT"
        " /api/v1/images/{sha256}, or send the file itself."
    ),
    "invalid_url": Choice(
        "problem",
        {
            "not_a_url": (
                "The URL in '{field}' must begin with http:// or https:// and have up to {maximum}"
                " characters."
            ),
            "password": "The URL in '{field}' must not have a user name or password.",
            "port": "The URL in '{field}' must have port 80, 443, or one from 1024 on.",
        },
        "The URL in '{field}' is not valid.",
    ),
    "address_not_allowed": (
        "The URL in '{field}' leads to {host}, whose address is not public. Use another one, or ask"
        " the operator to allow it with GRAMWORKS_OUTBOUND_ALLOWED."
    ),
    "url_unreachable": "The URL in '{field}' cannot be called at {host}: {reason}.",
    "url_refused": (
        "The URL in '{field}' cannot be fetched: {host} answered {status_of_url}. Check that it"
        " opens without signing in."
    ),
    "url_too_slow": (
        "Fetching the URL in '{field}' takes more than {seconds:g} s. Upload the file instead."
    ),
    "url_too_large": (
        "What is at the URL in '{field}' is too large: all files of a job can have up to"
        " {maximum_mb} MB together."
    ),
    "too_many_redirects": Plural(
        "The URL in '{field}' is redirected more than {maximum} time.",
        "The URL in '{field}' is redirected more than {maximum} times.",
        by="maximum",
    ),
    "not_found": "There is nothing at this address.",
    "job_not_found": "There is no job {id}. It may have been deleted.",
    "too_many_webhooks": Plural(
        "You have {maximum} webhook, which is all you may. Delete it.",
        "You have {maximum} webhooks, which is all you may. Delete one.",
        by="maximum",
    ),
    "webhook_not_found": "There is no webhook {id}. It may have been deleted.",
    "webhook_disabled": "The webhook {id} is disabled. Enable it first: PATCH it with 'enabled'.",
    "input_not_found": "The job {id} has no input picture '{name}'.",
    "image_not_found": "No image with the hash {sha256} is kept for you.",
    "job_in_trash": (
        "The job {id} is in the trash. 'gramworks restore {id}' brings it back, and so does POST to"
        " its path with /restore."
    ),
    "confirmation_missing": (
        "This concerns all of your jobs, so it must be confirmed with '{field}=true'. Nothing was"
        " changed."
    ),
    "batch_not_found": "There is no batch {id}. All of its jobs may have been deleted.",
    "token_required": (
        "This needs a token. Send it as 'Authorization: Bearer gw_…', sign in at /signin, or set"
        " GRAMWORKS_TOKEN for the command line."
    ),
    "token_invalid": "The token is unknown, expired or revoked. Use another one.",
    "sign_in_link_invalid": (
        "This sign-in link was used before, or has expired. Ask the operator for a new one, or sign"
        " in with a token."
    ),
    "scope_missing": (
        "The token does not have the scope '{scope}'. Use one that has; the operator makes them."
    ),
    "host_not_allowed": (
        "This server is not called '{host}'. If it should be, add the name to GRAMWORKS_HOSTS."
    ),
    "origin_not_allowed": (
        "The request came from a page of another site ({origin}), so nothing was changed. Behind a"
        " proxy, check that it passes on Host and X-Forwarded-Proto."
    ),
    "form_expired": "The form has expired, so nothing was changed. Load the page again.",
    "record_unreadable": (
        "This version of Gramworks cannot read the job {id} ({reason}). Use the version that"
        " created it, or delete it."
    ),
    "not_ready": Choice(
        "lacking",
        {
            "a result yet": "The job is {state} and has no result yet.",
            "a preview yet": "The job is {state} and has no preview yet.",
            "a result": "The job is {state} and has no result.",
            "a preview": "The job is {state} and has no preview.",
        },
        "The job is {state} and has no such picture.",
    ),
    "nothing_to_fork": (
        "The job is {state} and has no pixels to start from. {way_out} With 'start': 'inputs', a"
        " new job begins with the same pictures."
    ),
    "nothing_to_render": "The job is {state} and cannot be rendered again. {way_out}",
    "pixels_gone": (
        "The float pixels of this picture are not kept any more, or never were, so it cannot be"
        " rendered again. The result is still there as png, jpeg, webp and tiff. For 16 bits, other"
        " means or colours, submit the job again."
    ),
    "decoding_busy": "The server is reading other images. Try again in a few seconds.",
    "fetching_busy": (
        "The server is fetching as many URLs as it can. Try again in a few seconds, or upload the"
        " files."
    ),
    "downloads_busy": (
        "The server is sending other archives. Try again when one of yours is done, or in a few"
        " seconds."
    ),
    "rendering_busy": "The server is rendering other pictures. Try again in a few seconds.",
    "not_failed": "The job is {state}. Only a failed job can be retried.",
    "not_live": "The job is {state}. Only a queued or running job can be changed.",
    "not_queued": (
        "The job is {state}. Only a queued job has a priority and a place that can be changed."
    ),
    "not_running": Choice(
        "in_state",
        {
            "queued": (
                "The job is {state}. Only a running job can be stopped with what it has. Cancel it,"
                " or wait until it runs."
            ),
        },
        "The job is {state}. Only a running job can be stopped with what it has.",
    ),
    "job_paused": (
        "The job is paused and has no place in the queue. Resume it, in the same request or before."
    ),
    "worker_not_found": "No worker {name} is online.",
    "worker_draining": (
        "An operator drains the worker. It finishes its job and claims no more until that is"
        " undone."
    ),
    "worker_suspended": (
        "The worker is paused until {until} after several failures in a row ({reason})."
    ),
    "worker_too_small": "The worker takes results of up to {maximum} pixels.",
    "queue_full": Choice(
        "bound",
        {
            "batch, jobs": (
                "The queue can hold {amount}, and has no room for {amount_needed} more. The batch"
                " was not accepted. Try again in a minute."
            ),
            "batch, bytes": (
                "The queue can hold {amount} of pictures, and has no room for {amount_needed} more."
                " The batch was not accepted. Try again in a minute."
            ),
            "bytes": (
                "The queue is full ({amount} of pictures). The job was not accepted. Try again in a"
                " minute."
            ),
        },
        "The queue is full ({amount}). The job was not accepted. Try again in a minute.",
    ),
    "owner_quota_reached": Choice(
        "bound",
        {
            "batch, jobs": (
                "You may have {amount} queued or running, and there is no room for {amount_needed}"
                " more. Wait for one. Nothing was accepted."
            ),
            "batch, bytes": (
                "You may have {amount} of pictures here, and there is no room for {amount_needed}"
                " more. Delete uploaded images, or jobs for good: those in the trash count. Nothing"
                " was accepted."
            ),
            "bytes": (
                "You have {amount} of pictures here, which is all you may. Delete uploaded images,"
                " or jobs for good: those in the trash count. Nothing was accepted."
            ),
        },
        "You have {amount} queued or running, which is all you may. Wait for one. Nothing was"
        " accepted.",
    ),
    "rate_limited": Choice(
        "by",
        {
            "owner": (
                "You submit too often: {maximum} within a minute are allowed. Try again in"
                " {seconds} s."
            ),
            "address": (
                "Too many submissions come from your address: {maximum} within a minute are"
                " allowed. Try again in {seconds} s."
            ),
            "sign-in": (
                "Too many attempts to sign in come from your address: {maximum} within a minute are"
                " allowed. Try again in {seconds} s."
            ),
        },
        "Too many requests: {maximum} within a minute are allowed. Try again in {seconds} s.",
    ),
    "storage_full": Choice(
        "store",
        {
            "redis": (
                "The job queue (Redis) has no space left. The job was not accepted. Try again in a"
                " few minutes."
            ),
            "images": (
                "The object store has no space left. The job was not accepted. Try again in a few"
                " minutes."
            ),
        },
        "A store has no space left. The job was not accepted. Try again in a few minutes.",
    ),
    "paused": "The job is paused. It starts after it is resumed.",
    "no_worker_online": "No worker is online. The job starts as soon as one is.",
    "no_live_worker_fits": (
        "No worker that is online has enough memory for {width} × {height} pixels. The job waits"
        " for one that has. {way_out}"
    ),
    "workers_draining": (
        "The workers that could take the job are draining. It starts as soon as one takes jobs"
        " again."
    ),
    "workers_suspended": (
        "The workers that could take the job are paused after several failures in a row"
        " ({reason}). The job starts as soon as one takes jobs again."
    ),
    "store_unavailable": Choice(
        "store",
        {
            "redis": (
                "The job queue (Redis) does not answer. Accepted jobs are not lost. Try again in a"
                " few seconds."
            ),
            "images": (
                "The object store does not answer. Accepted jobs are not lost. Try again in a few"
                " seconds."
            ),
        },
        "A store does not answer. Accepted jobs are not lost. Try again in a few seconds.",
    ),
    "object_not_found": "The picture no longer exists.",
    "superseded": "Another worker has taken over the job.",
    "invalid_config": "The server's setting {name} is invalid: {message}.",
    "weights_unavailable": "The network's weights are not available from {source}: {reason}.",
    "job_failed": "The job failed. The worker's log has the details.",
    "out_of_memory": (
        "{width} × {height} pixels need more memory than the worker has, even in small tiles."
        " {way_out}"
    ),
    "pictures_too_large": (
        "The worker does not have enough memory to open these pictures. Use smaller ones."
    ),
    "diverged": "The loss was not finite at evaluation {evaluation}. Choose smaller weights.",
    "workers_lost": Plural(
        "The job failed after {attempts} lost attempt: {lost_attempts}. Retry it, or choose a"
        " smaller size, which needs less memory.",
        "The job failed after {attempts} lost attempts: {lost_attempts}. Retry it, or choose a"
        " smaller size, which needs less memory.",
        by="attempts",
    ),
    "worker_fault": "The worker had an unexpected error. Its log has the details.",  # old records
    "internal": "The server had an unexpected error. Its log has the details.",
}
