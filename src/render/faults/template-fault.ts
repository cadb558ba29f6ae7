import { MailError } from '../../errors/mail-error.js';
import { showPlace, type Place } from './source-place.js';

/** Something wrong with a template, found before any mail is rendered. */
export interface TemplateFault {
  readonly place: Place;
  readonly what: string;
  /** What to do about it, when that is not plain from `what`. */
  readonly fix?: string | undefined;
}

/** Collects the faults of all templates, so that one boot shows all of them. */
export class TemplateFaults {
  readonly #faults = new Map<string, TemplateFault>();

  /** The same fault found on several ways through the templates counts once. */
  add(fault: TemplateFault): void {
    this.#faults.set(`${showPlace(fault.place)} ${fault.what}`, fault);
  }

  get list(): readonly TemplateFault[] {
    return [...this.#faults.values()].toSorted((a, b) => order(a.place, b.place));
  }

  /** @throws {MailError} `template-invalid` with a line a fault; `at` is the first one's */
  throwIfAny(): void {
    const faults = this.list;
    if (faults.length > 0) throw invalidTemplates(faults);
  }
}

/** Most faults that one error lists. */
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
  return `${showPlace(place)}: ${what}${fix ? `${end} ${fix}` : ''}`;
}

function order(a: Place, b: Place): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
