import { showLocation, type SourceLocation } from '../faults/source-location.js';
import { invalidTemplates, type TemplateFault, type TemplateFaults } from '../faults/template-fault.js';
import type { MessageFile } from '../files/template-file.js';
import type { IcuWriter } from './icu-engine.js';
import { icuMessage, type IcuMessage, type PluralCases } from './icu-message.js';
import type { ArgumentKinds } from './message-arguments.js';
import { readMessageFile, type MessageEntry } from './message-file.js';
import type { Reader } from './template-messages.js';

/** The messages of one file, all of them parsed. */
export class Catalog {
  readonly locale: string;
  readonly path: string;
  readonly #messages = new Map<string, CatalogMessage>();
  readonly #untranslated = new Map<string, MessageEntry>();
  /** Set if the whole file could not be read. */
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

  /** Returns a message for every key if the file could not be read; such a message fails the mail. */
  get(key: string): CatalogMessage | undefined {
    return this.#fault ? new BrokenMessage(key, this.locale, this.#fault) : this.#messages.get(key);
  }

  get messages(): readonly CatalogMessage[] {
    return [...this.#messages.values()];
  }

  /** The keys without a text. */
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

export class CatalogMessage {
  readonly key: string;
  /** Locale of the catalog. */
  readonly locale: string;
  readonly kinds: ArgumentKinds;
  readonly plurals: readonly PluralCases[];
  readonly #entry: Pick<MessageEntry, 'placeAt'>;
  readonly #message: IcuMessage;
  #label: string | undefined;

  constructor(entry: Pick<MessageEntry, 'key' | 'placeAt'>, locale: string, message: IcuMessage) {
    this.key = entry.key;
    this.locale = locale;
    this.kinds = message.kinds;
    this.plurals = message.plurals;
    this.#entry = entry;
    this.#message = message;
  }

  /** Found on demand, because counting the lines of a whole catalog for each message would take long. */
  get place(): SourceLocation {
    return this.#entry.placeAt();
  }

  /** Text that looks like an argument, but is printed unchanged because an apostrophe quotes it. */
  get quoted(): ReadonlyArray<{ readonly argument: string; readonly place: SourceLocation }> {
    return this.#message.quoted.map(({ argument, offset }) => ({
      argument,
      place: this.#entry.placeAt(offset),
    }));
  }

  /** @throws {ContextFault} for an argument that is missing or of the wrong kind */
  write(args: Readonly<Record<string, unknown>>, reader: Reader): string {
    const label = (): string => (this.#label ??= `the message "${this.key}" in ${showLocation(this.place)}`);
    return this.#message.write(args, reader, label);
  }
}

/** Replaces a message that an edit broke; mails that use it fail with the fault. */
class BrokenMessage extends CatalogMessage {
  constructor(key: string, locale: string, fault: TemplateFault) {
    const write = (): never => {
      throw invalidTemplates([fault]);
    };
    super({ key, placeAt: () => fault.place }, locale, { kinds: new Map(), plurals: [], quoted: [], write });
  }
}
