import { MailError } from '../../errors/mail-error.js';

/** What MJML finds wrong with a source. */
export interface MjmlError {
  readonly line: number;
  readonly message: string;
  readonly tagName: string;
}

export interface MjmlResult {
  readonly html: string;
  readonly errors: readonly MjmlError[];
}

/** The part of MJML's surface that is used. */
export type MjmlEngine = (
  source: string,
  options: {
    readonly validationLevel: 'soft';
    readonly ignoreIncludes: true;
    readonly keepComments: true;
  },
) => Promise<MjmlResult>;

const PACKAGE = 'mjml';

/**
 * Loads MJML, which only those install who write templates in it.
 * @param file the template that needs it
 * @throws {MailError} `config` that says what to install; its cause is why it does not load
 */
export async function loadMjml(
  file: string,
  load: (name: string) => Promise<unknown> = (name) => import(name),
): Promise<MjmlEngine> {
  try {
    return engineOf(await load(PACKAGE));
  } catch (cause) {
    const message = `${file} is written in MJML, and the package ${PACKAGE} does not load here. npm install ${PACKAGE}@5`;
    throw new MailError('config', message, { cause, at: { file } });
  }
}

/** Depending on who loads it, the function is the module, its default export, or the default export of that. */
function engineOf(module: unknown): MjmlEngine {
  if (isEngine(module)) return module;
  if (typeof module === 'object' && module !== null && 'default' in module) return engineOf(module.default);
  throw new TypeError(`${PACKAGE} exports no function`);
}

function isEngine(value: unknown): value is MjmlEngine {
  return typeof value === 'function';
}
