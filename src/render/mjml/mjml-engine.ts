import { MailError } from '../../errors/mail-error.js';

/** An error that MJML reports. */
export interface MjmlError {
  readonly line: number;
  readonly message: string;
  readonly tagName: string;
}

export interface MjmlResult {
  readonly html: string;
  readonly errors: readonly MjmlError[];
}

/** The function of MJML that is used here. */
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
 * Loads MJML, an optional package for applications with templates in MJML.
 * @param file the template that needs it, for the error
 * @throws {MailError} `config` that says what to install; its cause is the error of the loading
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

/** The function is the module, its default export or the default export of that, depending on the loader. */
function engineOf(module: unknown): MjmlEngine {
  if (isEngine(module)) return module;
  if (typeof module === 'object' && module !== null && 'default' in module) return engineOf(module.default);
  throw new TypeError(`${PACKAGE} exports no function`);
}

function isEngine(value: unknown): value is MjmlEngine {
  return typeof value === 'function';
}
