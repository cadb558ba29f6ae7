/**
 * Compiles `src` once before jest runs, for what jest cannot compile: threads and processes that tests
 * start. What is compiled already is left alone.
 */
import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(import.meta.dirname, '..', '..');
const SOURCES = join(ROOT, 'src');
export const COMPILED = join(ROOT, 'node_modules', '.cache', 'nest-mailroom', 'src');

/** As `package.json` and `entry/` have it for the build. */
const MANIFEST = JSON.stringify({ type: 'module', imports: { '#spool-thread': './spool-thread.js' } });
const SPOOL_THREAD = "export const spoolThread = new URL('./spool-thread.bundle.js', import.meta.url);\n";

const changedAt = (path) =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );

async function outdated() {
  const ownChange = await changedAt(fileURLToPath(import.meta.url));
  const files = (await readdir(SOURCES, { recursive: true })).filter((file) => file.endsWith('.ts'));
  const stale = await Promise.all(
    files.map(async (file) => {
      const compiledAt = await changedAt(targetOf(file));
      return compiledAt < Math.max(ownChange, await changedAt(join(SOURCES, file)));
    }),
  );
  return files.filter((_, index) => stale[index]);
}

const targetOf = (file) => join(COMPILED, file.replace(/\.ts$/, '.js'));

/** Renamed into place: another run of jest may read it at this moment. */
async function put(path, content) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.${process.pid}`, content);
  await rename(`${path}.${process.pid}`, path);
}

/** The spool's thread as one file: a thread, of which tests start a thousand, is there in half the time. */
async function bundledThread() {
  const { rolldown } = await import('rolldown');
  const build = await rolldown({
    input: join(COMPILED, 'queue/spool/thread/spool-thread.js'),
    platform: 'node',
    external: /^[^./]/,
    onLog: (_level, log) => {
      throw new Error(log.message);
    },
  });
  const { output } = await build.generate({ format: 'esm' });
  await build.close();
  return output[0].code;
}

export default async function compileSources() {
  const files = await outdated();
  if (files.length === 0) return;
  const { transpiled } = await import('../../scripts/transpile.mjs');
  for (const file of files) await put(targetOf(file), await transpiled(join(SOURCES, file)));
  await put(join(COMPILED, 'package.json'), MANIFEST);
  await put(join(COMPILED, 'spool-thread.js'), SPOOL_THREAD);
  await put(join(COMPILED, 'spool-thread.bundle.js'), await bundledThread());
}
