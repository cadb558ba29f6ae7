/**
 * Transpiles the library and the example, and bundles the inbox page: enough to run the example, in a few
 * seconds. Does not check types; `npm run types` does.
 */
import { join } from 'node:path';

import { buildInbox } from './build-inbox.mjs';
import { copyTemplates, transpile } from './transpile.mjs';

const ROOT = join(import.meta.dirname, '..');
const EXAMPLE = join(ROOT, 'examples', 'signup');

/** @returns {Promise<string>} the file that runs it */
export async function buildExample() {
  await transpile(join(ROOT, 'src'), join(ROOT, 'dist'), { except: 'inbox/web/' });
  await transpile(join(EXAMPLE, 'src'), join(EXAMPLE, 'dist'));
  await copyTemplates(join(EXAMPLE, 'src'), join(EXAMPLE, 'dist'));
  await buildInbox(join(ROOT, 'dist', 'inbox', 'assets'));
  return join(EXAMPLE, 'dist', 'main.js');
}

if (process.argv[1] === import.meta.filename) await buildExample();
