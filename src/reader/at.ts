import type { ConfigReport } from '../errors/config-report.js';

/** How a fault names a field of a group: `port` may be `transport.port` or `MAIL_PORT`. */
export type NameOf = (field: string) => string;

/** The place of a value being read, and the report that takes its faults. */
export class At {
  readonly where: string;
  readonly report: ConfigReport;
  readonly #nameOf: NameOf;

  /** @param where '' for the options themselves */
  constructor(where: string, report: ConfigReport, nameOf?: NameOf) {
    this.where = where;
    this.report = report;
    this.#nameOf = nameOf ?? ((field) => (where === '' ? field : `${where}.${field}`));
  }

  /** The place of a field of a group that stands here. */
  field(name: string): At {
    return new At(this.#nameOf(name), this.report);
  }

  /** The place of an item of a list, or of an entry by its key. */
  item(key: string | number): At {
    return new At(`${this.where}[${typeof key === 'number' ? key : `'${key}'`}]`, this.report);
  }

  /** Reports a fault of the value that stands here. */
  refuse(expected: string, found: string, fix?: string): undefined {
    this.report.add({ where: this.where, expected, found, mend: fix });
    return undefined;
  }
}
