import { dirname } from 'node:path';
import { messageOf } from '../../errors/mail-error.js';
import { LONGEST_TIMER_MS } from '../../reader/kinds.js';
import { FolderWatch } from '../../render/files/folder-watch.js';
import { isFolder } from '../project.js';
import type { Terminal } from '../terminal.js';

/** Writes the types, and reports each folder of templates before reading it. */
export type WriteTypes = (onDirectory: (dir: string) => void) => Promise<void>;

/** Writes the types again whenever a file in the folders of the templates changes. */
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

  /** Resolves after the terminal's signal fired and the last write ended. Faults are printed, and the watch goes on. */
  async untilInterrupted(): Promise<void> {
    this.#again();
    await interruption(this.#terminal.signal);
    this.#folders.close();
    await this.#writing;
  }

  /** Writes one after another, so that the last write has the last edit. */
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

  /** Watches the parent of an absent folder, and checks once more for a folder that came back before that. */
  async #awaitAbsent(roots: readonly string[]): Promise<void> {
    for (const root of roots) {
      if (await isFolder(dirname(root))) this.#folders.add(dirname(root));
      if (await isFolder(root)) this.#folders.changed();
    }
  }
}

/** A watch keeps no process alive; this timer does. */
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
