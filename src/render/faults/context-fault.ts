import { MailError, messageOf } from '../../errors/mail-error.js';
import { showLocation, type SourceLocation } from './source-location.js';

interface ContextFaultOptions {
  readonly place?: SourceLocation | undefined;
  /** Path in the context as the template writes it. */
  readonly path?: string | undefined;
  readonly cause?: unknown;
}

/**
 * A template cannot be rendered with a context. The fault knows its place in a file, and the renderer adds
 * the name of the template.
 */
export class ContextFault extends Error {
  override readonly name = 'ContextFault';
  readonly place: SourceLocation | undefined;
  readonly path: string | undefined;

  constructor(message: string, { place, path, cause }: ContextFaultOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.place = place;
    this.path = path;
  }

  /** The same fault with a place, unless it already has one. */
  at(place: SourceLocation | undefined): ContextFault {
    if (this.place || !place) return this;
    return new ContextFault(this.message, { place, path: this.path, cause: this.cause });
  }
}

/** Turns anything that a template threw while it was rendered into a `MailError`. */
export function renderError(error: unknown, template: string): MailError {
  if (MailError.is(error)) return error;
  const fault = error instanceof ContextFault ? error : foreignFault(error);
  const where = fault.place ? `${showLocation(fault.place)}: ` : '';
  const cause = fault.cause === undefined ? undefined : { cause: fault.cause };
  return new MailError('context-invalid', `Template "${template}": ${where}${fault.message}`, {
    ...cause,
    at: { ...fault.place, template, path: fault.path },
  });
}

function foreignFault(cause: unknown): ContextFault {
  if (cause instanceof RangeError && /call stack/i.test(cause.message)) {
    return new ContextFault('it includes itself more often than the stack can bear', { cause });
  }
  return new ContextFault(messageOf(cause), { cause });
}
