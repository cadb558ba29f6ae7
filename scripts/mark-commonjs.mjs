// The package is ESM ("type": "module"); the second build says otherwise for its own folder. That makes a
// package of the folder, so it also says there what `entry/` says for the first: where a thread begins.
import { writeFile } from 'node:fs/promises';

const BUILD = new URL('../dist/cjs/', import.meta.url);
const MANIFEST = { type: 'commonjs', imports: { '#spool-thread': './spool-thread.js' } };
const SPOOL_THREAD = 'exports.spoolThread = `${__dirname}/queue/spool/thread/spool-thread.js`;\n';

await writeFile(new URL('package.json', BUILD), `${JSON.stringify(MANIFEST, null, 2)}\n`);
await writeFile(new URL('spool-thread.js', BUILD), SPOOL_THREAD);
