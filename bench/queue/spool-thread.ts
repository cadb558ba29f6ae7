/** Replaces `#spool-thread`: the benchmark measures the current sources, not the last build. */
export const spoolThread = new URL('../../src/queue/spool/thread/spool-thread.js', import.meta.url);
