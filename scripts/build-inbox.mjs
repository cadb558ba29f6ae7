// Bundles the inbox page (src/inbox/web) into files the package ships: a script and a style sheet named
// by their content, and an index.html that names them. An argument names another folder for the result.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { rolldown } from 'rolldown';

const root = join(import.meta.dirname, '..');
const web = join(root, 'src', 'inbox', 'web');

async function script() {
  const bundle = await rolldown({
    input: join(web, 'main.tsx'),
    cwd: root,
    platform: 'browser',
    resolve: { extensionAlias: { '.js': ['.tsx', '.ts', '.js'] } },
    transform: { target: 'es2022' },
    onLog: (_level, log) => {
      throw new Error(log.message);
    },
  });
  const { output } = await bundle.generate({ format: 'es', minify: true });
  await bundle.close();
  return output[0].code;
}

/** Joins the sheets in the order of their names, without comments and indentation. */
async function style() {
  const folder = join(web, 'styles');
  const sheets = (await readdir(folder)).filter((name) => name.endsWith('.css')).toSorted();
  const texts = await Promise.all(sheets.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.join('').replaceAll(/\/\*[\s\S]*?\*\/|^\s+|\n\s*/gm, '');
}

const hashed = (extension, content) =>
  `inbox.${createHash('sha256').update(content).digest('hex').slice(0, 10)}.${extension}`;

export async function buildInbox(target) {
  const [code, css, page] = await Promise.all([script(), style(), readFile(join(web, 'index.html'), 'utf8')]);
  const files = { script: hashed('js', code), style: hashed('css', css) };
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  await writeFile(join(target, files.script), code);
  await writeFile(join(target, files.style), css);
  const index = page.replace('{{script}}', files.script).replace('{{style}}', files.style);
  await writeFile(join(target, 'index.html'), index);
}

if (process.argv[1] === import.meta.filename) {
  await buildInbox(resolve(process.argv[2] ?? join(root, 'dist', 'inbox', 'assets')));
}
