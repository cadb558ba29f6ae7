import type { Type } from '@nestjs/common';
import { MailError } from '../../errors/mail-error.js';
import { DelegatingTransport } from '../delegating.transport.js';
import type { SmtpOptions } from '../smtp/smtp.options.js';
import type { Transport } from '../transport.js';

export type PendingOption = string | SmtpOptions | Type<Transport>;

/** A member that the module makes when it boots: from a URL, from options, or from a class in Nest's container. */
export class PendingTransport extends DelegatingTransport {
  /** Private, because loggers print fields: a URL may hold a password. */
  readonly #option: PendingOption;
  #made: (() => Transport) | undefined;

  constructor(option: PendingOption) {
    super(() => this.#required());
    this.#option = option;
  }

  get option(): PendingOption {
    return this.#option;
  }

  get isMade(): boolean {
    return this.#made !== undefined;
  }

  /** @param made asked on every use, because the container makes instances of classes only later */
  make(made: () => Transport): void {
    this.#made = made;
  }

  override get name(): string {
    return this.#made?.().name ?? wordFor(this.#option);
  }

  override get target(): string | undefined {
    return this.#made?.().target;
  }

  override get captures(): boolean | undefined {
    return this.#made?.().captures;
  }

  override get members(): readonly string[] | undefined {
    return this.#made?.().members;
  }

  get unmade(): MailError {
    return new MailError(
      'config',
      `The transport '${this.name}' is made by MailModule when it boots. Outside of a module, give an instance such as new SmtpTransport(…).`,
    );
  }

  #required(): Transport {
    if (this.#made) return this.#made();
    throw this.unmade;
  }
}

/** Never shows more of a URL than its scheme. */
function wordFor(option: PendingOption): string {
  if (typeof option === 'function') return option.name;
  return typeof option === 'string' ? (/^[a-z][a-z0-9+.-]*/i.exec(option)?.[0] ?? 'URL') : 'smtp';
}
