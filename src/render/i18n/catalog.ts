import type { TemplateFault, TemplateFaults } from '../faults/template-fault.js';
import { BrokenMessage, CatalogMessage } from './catalog-message.js';
import { icuMessage } from './icu-message.js';
import type { IcuWriter } from './icu-writer.js';
import { readMessageFile, type MessageEntry } from './message-file.js';
import type { MessageFile } from '../files/template-file.js';

/** The messages of one file, all of them parsed. */
export class Catalog {
  readonly locale: string;
  readonly path: string;
  readonly #messages = new Map<string, CatalogMessage>();
  readonly #untranslated = new Map<string, MessageEntry>();
  /** Why the whole file could not be read. */
  readonly #fault: TemplateFault | undefined;

  constructor(file: MessageFile, faults: TemplateFaults, writer: IcuWriter) {
    this.locale = file.locale;
    this.path = file.path;
    const entries = readMessageFile(file, faults);
    this.#fault = entries ? undefined : faults.list.find(({ place }) => place.file === file.path);
    for (const entry of entries ?? []) {
      if (entry.text === '') this.#untranslated.set(entry.key, entry);
      else this.#messages.set(entry.key, this.#message(entry, faults, writer));
    }
  }

  /** Of a file that could not be read, every message is there and fails. */
  get(key: string): CatalogMessage | undefined {
    return this.#fault ? new BrokenMessage(key, this.locale, this.#fault) : this.#messages.get(key);
  }

  get messages(): readonly CatalogMessage[] {
    return [...this.#messages.values()];
  }

  /** The keys that stand there without a text. */
  get untranslated(): ReadonlyMap<string, Pick<MessageEntry, 'key' | 'placeAt'>> {
    return this.#untranslated;
  }

  #message(entry: MessageEntry, faults: TemplateFaults, writer: IcuWriter): CatalogMessage {
    const message = icuMessage(entry.text, this.locale, writer);
    if ('write' in message) return new CatalogMessage(entry, this.locale, message);
    const fault = { place: entry.placeAt(message.offset), what: `message "${entry.key}": ${message.what}` };
    faults.add(fault);
    return new BrokenMessage(entry.key, this.locale, fault);
  }
}
