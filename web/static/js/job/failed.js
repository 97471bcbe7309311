// A job that failed or was cancelled.
export function start() {}
