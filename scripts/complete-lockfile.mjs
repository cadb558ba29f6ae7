/**
 * Adds to package-lock.json the other platforms' binaries that the registry at hand did not serve.
 *
 * npm silently leaves such an optional package out of the lock, and `npm ci` then refuses the lock as incomplete.
 * This script adds the entry that npm would have written, without the checksum: exact version and platform,
 * by which npm skips it here without a request.
 *
 *     npm install … && node scripts/complete-lockfile.mjs [another lock file]
 */
import { readFile, writeFile } from 'node:fs/promises';

const LOCKFILE = process.argv[2] ?? new URL('../package-lock.json', import.meta.url);

const SYSTEMS = new Set(['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32']);
const PROCESSORS = new Set(['arm', 'arm64', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64']);
const LIBRARIES = { gnu: 'glibc', musl: 'musl' };

/** `@swc/core-linux-arm64-musl` → the `os`, `cpu` and `libc` of its manifest; nothing for another name. */
function platformOf(name) {
  const words = name.split(/[/-]/);
  const os = words.find((word) => SYSTEMS.has(word));
  const cpu = words.find((word) => PROCESSORS.has(word));
  const libc = os === 'linux' ? LIBRARIES[words.at(-1)] : undefined;
  return os && cpu && { os: [os], cpu: [cpu], ...(libc && { libc: [libc] }) };
}

/** The order in which npm writes the fields of an entry, so that its next run changes nothing. */
const sorted = (fields) =>
  Object.fromEntries(Object.entries(fields).toSorted(([a], [b]) => a.localeCompare(b)));

/** Candidate paths where Node.js looks for `name` from the package at `path`, nearest first. */
function candidates(path, name) {
  const parents = path.split('/node_modules/');
  const folders = parents.map((_, index) => parents.slice(0, index + 1).join('/node_modules/')).toReversed();
  return [...folders.map((folder) => `${folder}/node_modules/${name}`), `node_modules/${name}`];
}

/** The missing entries of the optional dependencies of the package at `path`. */
function missingFor(packages, [path, { optionalDependencies = {}, dev }]) {
  return Object.entries(optionalDependencies).flatMap(([name, version]) => {
    const platform = platformOf(name);
    const places = candidates(path, name);
    if (!platform || places.some((place) => packages[place]?.version === version)) return [];
    const place = packages[places.at(-1)] ? places[0] : places.at(-1);
    return [[place, { version, ...sorted({ ...platform, ...(dev && { dev }), optional: true }) }]];
  });
}

const lock = JSON.parse(await readFile(LOCKFILE, 'utf8'));
const added = Object.entries(lock.packages).flatMap((entry) => missingFor(lock.packages, entry));
const packages = Object.entries({ ...lock.packages, ...Object.fromEntries(added) });
packages.sort(([one], [other]) => one.localeCompare(other, 'en'));
await writeFile(
  LOCKFILE,
  `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`,
);
console.log(`${added.length} packages of other platforms added`);
