// Where the spool's thread begins in the ESM build. Not compiled: the sources also become CommonJS, which has no `import.meta`.
export const spoolThread = new URL('../dist/queue/spool/thread/spool-thread.js', import.meta.url);
