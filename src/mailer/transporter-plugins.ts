import type { MailMessage, Transporter } from 'nodemailer';

/** Runs before a mail is composed, or before it is sent. */
export type Plugin = (mail: MailMessage, done: (error?: Error | null) => void) => void;

/** What nodemailer runs for each mail, by the step it runs in. */
export interface Plugins {
  readonly compile: readonly Plugin[];
  readonly stream: readonly Plugin[];
}

/** Where nodemailer keeps what `use` was given, in every version that can be met. */
const PLACE = '_userPlugins';

/** Undefined for a transporter that is not nodemailer's, such as a mock. */
export function pluginsOf(transporter: Transporter): Plugins | undefined {
  const kept: unknown = Reflect.get(transporter, PLACE);
  if (typeof kept !== 'object' || kept === null) return undefined;
  return { compile: listIn(kept, 'compile'), stream: listIn(kept, 'stream') };
}

/** The same transporter with other plugins, for the mails sent by the result alone: the application's own stays as it is. */
export function withPlugins(transporter: Transporter, plugins: Plugins): Transporter {
  return new Proxy(transporter, {
    get: (target, name): unknown => (name === PLACE ? plugins : Reflect.get(target, name)),
  });
}

function listIn(kept: object, step: string): readonly Plugin[] {
  const list: unknown = Reflect.get(kept, step);
  return Array.isArray(list) ? list.filter(isPlugin) : [];
}

function isPlugin(value: unknown): value is Plugin {
  return typeof value === 'function';
}
