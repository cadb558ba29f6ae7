import { npm, pnpYarn, strictPnpm } from './package-managers.mjs';
import { ScaffoldedApp } from './scaffolded-app.mjs';

const made =
  (nest, manager, extra = []) =>
  (place) =>
    new ScaffoldedApp({ ...place, nest, manager: manager(place.tools), extra });

const TSC = { name: 'nest build, signs up, sends', prove: (app) => app.builds() };
const SWC = { name: 'nest build --builder swc', prove: (app) => app.builds({ args: ['--builder', 'swc'] }) };
const WEBPACK = { name: 'nest build --webpack', prove: (app) => app.builds({ args: ['--webpack'] }) };

/** Each row is an installation with the builds made in it, in this order. The shortest is last: it fills the gap. */
export const CONSUMERS = [
  {
    name: 'Nest 12, npm, Vitest',
    nest: 12,
    make: made(12, npm, ['@swc/cli@^0.8.0', '@swc/core', '@nestjs/microservices']),
    builds: [
      TSC,
      {
        name: 'production: dist only, npm ci --omit=dev, read-only, not root',
        prove: (app) => app.deploys(),
      },
      SWC,
      { name: 'a hybrid application', prove: (app) => app.buildsHybrid() },
    ],
  },
  {
    name: 'Nest 11, npm, Jest',
    nest: 11,
    make: made(11, npm),
    builds: [
      TSC,
      WEBPACK,
      { name: 'dist/src/main.js', prove: (app) => app.buildsBelow() },
      { name: 'a monorepo of two applications', prove: (app) => app.buildsTwo() },
    ],
  },
  {
    name: 'Nest 11, Yarn 4 PnP, Jest',
    nest: 11,
    // A peer of ts-jest that the scaffold leaves out.
    make: made(11, pnpYarn, ['jest-util@^30.0.0']),
    builds: [TSC],
  },
  { name: 'Nest 12, pnpm with hoist: false, Vitest', nest: 12, make: made(12, strictPnpm), builds: [TSC] },
];
