import base from '../../../jest.config.mjs';

export default {
  ...base,
  testMatch: ['**/test/testing/spec/src/**/*.spec.ts'],
  globalSetup: undefined,
};
