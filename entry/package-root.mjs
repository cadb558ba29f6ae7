// Where the package lies, for what it ships beside its code. Not compiled: the sources also become CommonJS, which has no `import.meta`.
export const packageRoot = new URL('../', import.meta.url);
