import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Application } from './application.mjs';
import { run } from './command.mjs';

const ROOT = join(import.meta.dirname, '../..');
const SOURCES = join(ROOT, 'test/consumers/stranger');
/** The environment of a user who configures no transport. */
const CAPTURES = '.mail';
const IN_THE_MAIL = [
  'Subject: Welcome, Ada!',
  'Get started (https://example.com/start)',
  'Good to have you, Ada.</h1>',
  'href=3D"https://example.com/start"',
];
const SOURCES_TO_BUILD = ['stranger.ts', 'queueing.ts'];
const MISSPELT = ['misspelt-template.ts', 'misspelt-field.ts'];

/** A user who has an application with the package in it, and follows the first page of the manual. */
export class Stranger {
  /** @param {Application} app compiled before, as a new one is */
  constructor(app) {
    this.app = new Application(app.folder, { ...app.env, NODE_ENV: 'development' });
  }

  /** @returns {Promise<readonly string[]>} the faults */
  async setsUp() {
    await this.#mailroom('init');
    const again = await this.#mailroom('init');
    await this.#mailroom('types');
    return again.match(/^(created|changed) .*$/gm) ?? [];
  }

  /** Builds with the Nest CLI, boots, and looks at the mail. */
  async sends() {
    for (const file of SOURCES_TO_BUILD) await cp(join(SOURCES, file), join(this.app.folder, 'src', file));
    await this.app.node(join(ROOT, 'node_modules/@nestjs/cli/bin/nest.js'), 'build');
    const output = await this.app.node('dist/stranger.js');
    if (!output.includes('accepted ada@example.test by file')) return [output];
    const mail = await this.#onlyMail();
    const missing = IN_THE_MAIL.filter((text) => !mail.includes(text));
    return missing.map((text) => `not in the mail: ${text}`);
  }

  /** Queues a mail, restarts, and finds it sent. Node.js 20 has no SQLite: there the spool needs libsql. */
  async queues() {
    const hasSqlite = await this.app.node('-p', "process.getBuiltinModule('node:sqlite') !== undefined");
    if (!hasSqlite.includes('true')) await this.app.install('libsql');
    const before = await this.app.node('dist/queueing.js');
    const [, id = ''] = /^queued as (\S+), waiting$/m.exec(before) ?? [];
    if (id === '') return [before];
    const after = await this.app.node('dist/queueing.js', id);
    if (!after.includes('now sent')) return [after];
    const sent = (await this.#mails()).filter((mail) => mail.includes('Subject: Welcome, Bob!'));
    return sent.length === 1 ? [] : [`expected Bob's mail once, got ${sent.length}`];
  }

  /** Each mistake must be an error at its own line, and the only one. */
  async misspells() {
    for (const file of MISSPELT) await cp(join(SOURCES, file), join(this.app.folder, 'src', file));
    const errors = await this.app.typeErrors();
    const unnoticed = MISSPELT.filter((file) => !errors.some((line) => line.startsWith(`src/${file}(5,`)));
    return [
      ...unnoticed.map((file) => `compiles: ${file}`),
      ...errors.filter((line) => !MISSPELT.some((file) => line.startsWith(`src/${file}(5,`))),
    ];
  }

  #mailroom(...args) {
    return run(this.app.folder, 'npx', ['--no', 'nest-mailroom', ...args], { env: this.app.env });
  }

  async #onlyMail() {
    const mails = await this.#mails();
    if (mails.length !== 1) throw new Error(`expected one mail, got ${mails.length}`);
    return mails[0];
  }

  async #mails() {
    const folder = join(this.app.folder, CAPTURES);
    const names = (await readdir(folder)).filter((name) => name.endsWith('.eml'));
    const mails = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
    // Soft line breaks of quoted-printable.
    return mails.map((mail) => mail.replaceAll('=\r\n', ''));
  }
}
