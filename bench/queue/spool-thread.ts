/** Stands for `#spool-thread`: the benchmark measures the sources as they are, not what was built last. */
export const spoolThread = new URL('../../src/queue/spool/thread/spool-thread.js', import.meta.url);
