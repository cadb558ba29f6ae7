import { showPlace, type Place } from '../faults/source-place.js';
import { invalidTemplates, type TemplateFault } from '../faults/template-fault.js';
import type { IcuMessage, PluralCases, QuotedArgument } from './icu-message.js';
import type { Reader } from './icu-writer.js';
import type { ArgumentKinds } from './message-arguments.js';
import type { MessageEntry } from './message-file.js';

/** A message of a catalog. */
export class CatalogMessage {
  readonly key: string;
  /** The catalog's. */
  readonly locale: string;
  readonly kinds: ArgumentKinds;
  readonly plurals: readonly PluralCases[];
  readonly #quoted: readonly QuotedArgument[];
  readonly #entry: Pick<MessageEntry, 'placeAt'>;
  readonly #message: IcuMessage;
  #label: string | undefined;

  constructor(entry: Pick<MessageEntry, 'key' | 'placeAt'>, locale: string, message: IcuMessage) {
    this.key = entry.key;
    this.locale = locale;
    this.kinds = message.kinds;
    this.plurals = message.plurals;
    this.#quoted = message.quoted;
    this.#entry = entry;
    this.#message = message;
  }

  /** Found when asked for: counting the lines of a whole catalog for each message would take long. */
  get place(): Place {
    return this.#entry.placeAt();
  }

  /** What looks like an argument and is printed as it is written, because an apostrophe stands before it. */
  get quoted(): ReadonlyArray<{ readonly argument: string; readonly place: Place }> {
    return this.#quoted.map(({ argument, offset }) => ({ argument, place: this.#entry.placeAt(offset) }));
  }

  /** @throws {ContextFault} for an argument that is missing or of another kind */
  write(args: Readonly<Record<string, unknown>>, reader: Reader): string {
    const label = (): string => (this.#label ??= `the message "${this.key}" in ${showPlace(this.place)}`);
    return this.#message.write(args, reader, label);
  }
}

/** Stands in for a message that an edit broke: the mails that use it fail, and say why. */
export class BrokenMessage extends CatalogMessage {
  constructor(key: string, locale: string, fault: TemplateFault) {
    const write = (): never => {
      throw invalidTemplates([fault]);
    };
    super({ key, placeAt: () => fault.place }, locale, { kinds: new Map(), plurals: [], quoted: [], write });
  }
}
