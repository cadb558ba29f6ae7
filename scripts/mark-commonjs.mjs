// The package is ESM ("type": "module"); the second build says otherwise for its own folder.
import { writeFile } from 'node:fs/promises';

await writeFile(new URL('../dist/cjs/package.json', import.meta.url), '{ "type": "commonjs" }\n');
