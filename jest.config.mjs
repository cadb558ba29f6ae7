/** @type {import('jest').Config} */
export default {
  rootDir: import.meta.dirname,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  // The default leaves one core to whoever watches: half of the machine on two.
  maxWorkers: '100%',
  testEnvironment: '<rootDir>/test/support/leak-guard.ts',
  testSequencer: '<rootDir>/test/support/longest-first.mjs',
  // What the guard found open would otherwise keep jest from ending.
  forceExit: true,
  // Applications of their own: `npm run check:package` installs and runs them.
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/test/consumers/'],
  transform: {
    '^.+\\.m?[jt]s$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          keepClassNames: true,
        },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  // Nest 12 and a few of its dependencies publish ESM only; jest runs CommonJS.
  transformIgnorePatterns: [
    '/node_modules/(?!(@nestjs|@csstools|postal-mime|intl-messageformat|@formatjs|htmlparser2|domhandler|domutils|dom-serializer|domelementtype|entities|file-type|strtok3|token-types|uint8array-extras|@tokenizer|@borewit|set-cookie-parser|preact)/)',
  ],
  resolver: '<rootDir>/test/support/typescript-resolver.mjs',
  moduleNameMapper: {
    '^#package-root$': '<rootDir>/test/support/package-root.ts',
    '^#spool-thread$': '<rootDir>/test/support/spool-thread.ts',
    '^nest-mailroom$': '<rootDir>/src/index.ts',
    '^nest-mailroom/(.*)$': '<rootDir>/src/$1/index.ts',
  },
  testTimeout: 30_000,
};
