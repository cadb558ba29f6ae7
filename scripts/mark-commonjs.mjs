// The package is ESM ("type": "module"); the second build says otherwise for its own folder.
import { readFile, writeFile } from 'node:fs/promises';

const BUILD = new URL('../dist/cjs/', import.meta.url);
/**
 * The manifest's `imports` hold for the ESM build alone; a folder's own are not heeded by all tools. So
 * each user of one requires a file beside it instead.
 */
const IMPORTS = [
  {
    name: 'spool-thread',
    user: 'queue/spool/thread-channel.js',
    code: 'exports.spoolThread = `${__dirname}/thread/spool-thread.js`;\n',
  },
  {
    name: 'package-root',
    user: 'inbox/page/page-files.js',
    code: "exports.packageRoot = require('node:path').join(__dirname, '../../../..');\n",
  },
];

await writeFile(new URL('package.json', BUILD), '{ "type": "commonjs" }\n');

for (const { name, user, code } of IMPORTS) {
  const file = new URL(user, BUILD);
  const required = `require("#${name}")`;
  const before = await readFile(file, 'utf8');
  if (!before.includes(required)) throw new Error(`${file.pathname} has no ${required}`);
  await writeFile(file, before.replace(required, `require("./${name}.js")`));
  await writeFile(new URL(`${name}.js`, file), code);
}
