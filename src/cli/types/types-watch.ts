import { dirname } from 'node:path';
import { messageOf } from '../../errors/mail-error.js';
import { LONGEST_TIMER_MS } from '../../reader/kinds.js';
import { FolderWatch } from '../../render/files/folder-watch.js';
import { isFolder } from '../project.js';
import type { Terminal } from '../terminal.js';

/** Writes the types, and tells each folder of templates before it is read. */
export type WriteTypes = (onDirectory: (dir: string) => void) => Promise<void>;

/** Writes the types anew whenever something in the folders of the templates changes. */
export class TypesWatch {
  readonly #write: WriteTypes;
  readonly #roots: readonly string[];
  readonly #terminal: Terminal;
  readonly #folders = new FolderWatch(() => this.#again());
  #writing: Promise<void> = Promise.resolve();

  /** @param roots folders of templates, absolute */
  constructor(write: WriteTypes, roots: readonly string[], terminal: Terminal) {
    this.#write = write;
    this.#roots = roots;
    this.#terminal = terminal;
  }

  /** Ends when the terminal's signal fires, and the last writing with it. What goes wrong is told and ends nothing. */
  async untilInterrupted(): Promise<void> {
    this.#again();
    await interruption(this.#terminal.signal);
    this.#folders.close();
    await this.#writing;
  }

  /** One at a time and in order, so that the last writing is of the last edit. */
  #again(): void {
    this.#writing = this.#writeAfter(this.#writing);
  }

  async #writeAfter(previous: Promise<void>): Promise<void> {
    await previous;
    const read = new Set<string>();
    try {
      await this.#write((dir) => {
        read.add(dir);
        this.#folders.add(dir);
      });
    } catch (error) {
      this.#terminal.err(`${messageOf(error)}\n`);
    }
    this.#folders.retain(read);
    await this.#awaitAbsent(this.#roots.filter((root) => !read.has(root)));
  }

  /** Its parent tells when a folder appears; one that is back before the parent is watched is told of here. */
  async #awaitAbsent(roots: readonly string[]): Promise<void> {
    for (const root of roots) {
      if (await isFolder(dirname(root))) this.#folders.add(dirname(root));
      if (await isFolder(root)) this.#folders.changed();
    }
  }
}

/** Watching keeps no process alive; waiting for this does. */
function interruption(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const alive = setInterval(() => undefined, LONGEST_TIMER_MS);
    const end = (): void => {
      clearInterval(alive);
      resolve();
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
