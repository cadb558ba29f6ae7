// The package is ESM ("type": "module"); the second build says otherwise for its own folder.
import { readFile, writeFile } from 'node:fs/promises';

const BUILD = new URL('../dist/cjs/', import.meta.url);
/** What the manifest's `imports` name holds for the ESM build alone; a folder's own are not heeded by all tools. */
const THREAD_NAME = 'require("#spool-thread")';
const THREAD_USER = new URL('queue/spool/thread-channel.js', BUILD);
const THREAD_FILE = 'exports.spoolThread = `${__dirname}/thread/spool-thread.js`;\n';

await writeFile(new URL('package.json', BUILD), '{ "type": "commonjs" }\n');

const code = await readFile(THREAD_USER, 'utf8');
if (!code.includes(THREAD_NAME)) throw new Error(`${THREAD_USER.pathname} has no ${THREAD_NAME}`);
await writeFile(THREAD_USER, code.replace(THREAD_NAME, 'require("./spool-thread.js")'));
await writeFile(new URL('spool-thread.js', new URL('.', THREAD_USER)), THREAD_FILE);
