import { MailError } from '../../errors/mail-error.js';
import { showLocation, type SourceLocation } from './source-location.js';

/** A fault of a template that was found before any mail is rendered. */
export interface TemplateFault {
  readonly place: SourceLocation;
  readonly what: string;
  /** Advice on how to fix it, unless `what` makes that obvious. */
  readonly fix?: string | undefined;
}

/** Collects the faults of all templates, so that one boot reports all of them. */
export class TemplateFaults {
  readonly #faults = new Map<string, TemplateFault>();

  /** Adds a fault once, even if several ways through the templates lead to it. */
  add(fault: TemplateFault): void {
    this.#faults.set(`${showLocation(fault.place)} ${fault.what}`, fault);
  }

  get list(): readonly TemplateFault[] {
    return [...this.#faults.values()].toSorted((a, b) => order(a.place, b.place));
  }

  /** @throws {MailError} `template-invalid` with one line for each fault; `at` is the place of the first */
  throwIfAny(): void {
    const faults = this.list;
    if (faults.length > 0) throw invalidTemplates(faults);
  }
}

/** Bounds the faults that one error lists. */
const MOST_SHOWN = 200;

export function invalidTemplates(faults: readonly TemplateFault[], template?: string): MailError {
  const title = faults.length === 1 ? 'A template is invalid:' : `${faults.length} faults in the templates:`;
  const lines = faults.slice(0, MOST_SHOWN).map((fault) => `  - ${showFault(fault)}`);
  if (faults.length > MOST_SHOWN) lines.push(`  and ${faults.length - MOST_SHOWN} more`);
  return new MailError('template-invalid', [title, ...lines].join('\n'), {
    at: { ...faults[0]?.place, template },
  });
}

function showFault({ place, what, fix }: TemplateFault): string {
  const end = what.endsWith('?') ? '' : '.';
  return `${showLocation(place)}: ${what}${fix ? `${end} ${fix}` : ''}`;
}

function order(a: SourceLocation, b: SourceLocation): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
