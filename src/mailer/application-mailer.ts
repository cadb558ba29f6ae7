import type { ModulesContainer } from '@nestjs/core';
import type { Transporter } from 'nodemailer';
import { closest, meant } from '../errors/closest.js';
import { providers } from '../module/container.js';
import { MailError, fieldOf } from '../errors/mail-error.js';
import { show } from '../errors/show.js';

export interface MailerServiceOptions {
  /**
   * Token under which the application provides its `MailerService`, if it has several: a class, a string or a symbol.
   * Of several providers under one token, Nest's own order of injection decides.
   * @default the one `MailerService` of the application
   */
  readonly token?: string | symbol | (abstract new (...args: never[]) => unknown) | undefined;
}

/** The part of the application's `MailerService` that is used; it may come from any copy of its package. */
interface MailerServiceLike {
  getTransporter(name?: string): unknown;
}

/** The application's `MailerService`, found by its class's name: an import would make every user install it. */
export class ApplicationMailer {
  readonly #container: ModulesContainer | undefined;
  readonly #token: MailerServiceOptions['token'];
  #service: MailerServiceLike | undefined;

  constructor(container: ModulesContainer | undefined, token: MailerServiceOptions['token']) {
    this.#container = container;
    this.#token = token;
  }

  /**
   * Looks the transporter up for each mail: an application may exchange it while it runs.
   * @param name empty for the default one
   * @throws {MailError} `config`
   */
  transporter(name: string): Transporter {
    this.#service ??= this.#find();
    const transporter = transporterOf(this.#service, name);
    if (!transporter) throw noTransporter(name, namesIn(this.#service));
    return transporter;
  }

  /** The options of MailerModule; undefined when the service does not show them. */
  option(name: string): unknown {
    return fieldOf(fieldOf(this.#service, 'mailerOptions'), name);
  }

  #find(): MailerServiceLike {
    const found = [...(this.#container ? providers(this.#container) : [])].filter(({ token, metatype }) =>
      this.#token === undefined ? [token, metatype].some(isMailerClass) : token === this.#token,
    );
    // The order in which Nest resolves an injected class.
    const inOrder = [...found.filter(({ isGlobal }) => isGlobal), ...found];
    const services = new Set(inOrder.map(({ instance }) => instance).filter(isMailerService));
    const [service] = services;
    if (!service) throw found.length > 0 ? noRealService() : noService(this.#token);
    if (services.size > 1 && this.#token === undefined) throw severalServices();
    return service;
  }
}

const CLASS = 'MailerService';

/** Matches the class or a subclass. Looks at classes alone: foreign instances may react to being read. */
function isMailerClass(value: unknown): boolean {
  for (let type = value; typeof type === 'function'; type = Object.getPrototypeOf(type)) {
    if (type.name === CLASS) return true;
  }
  return false;
}

function isMailerService(value: unknown): value is MailerServiceLike {
  return typeof fieldOf(value, 'getTransporter') === 'function';
}

function transporterOf(service: MailerServiceLike, name: string): Transporter | undefined {
  try {
    const transporter = name === '' ? service.getTransporter() : service.getTransporter(name);
    return isTransporter(transporter) ? transporter : undefined;
  } catch {
    // The service throws for an unknown name.
    return undefined;
  }
}

function isTransporter(value: unknown): value is Transporter {
  return typeof fieldOf(value, 'sendMail') === 'function';
}

function namesIn(service: MailerServiceLike): readonly string[] {
  const transporters = fieldOf(service, 'transporters');
  return transporters instanceof Map ? [...transporters.keys()].map(String) : [];
}

function noService(token: MailerServiceOptions['token']): MailError {
  const what =
    token === undefined
      ? "a MailerService, and none of the application's modules provides one"
      : `what the application provides as ${nameOf(token)}, and that is nothing`;
  return new MailError(
    'config',
    `mailer: sends through ${what}. Import MailerModule.forRoot({ transport }) of '@nestjs-modules/mailer', or set transport (MAIL_URL) to the server, as in smtp://user:password@host:587.`,
  );
}

function nameOf(token: NonNullable<MailerServiceOptions['token']>): string {
  return typeof token === 'function' ? token.name : String(token);
}

function noRealService(): MailError {
  return new MailError(
    'config',
    "mailer: sends through the application's MailerService, and what the application provides as that has no getTransporter(). In a test, import MailTestingModule or set MAIL_SUPPRESS_SEND=true; else import MailerModule of '@nestjs-modules/mailer'.",
  );
}

function severalServices(): MailError {
  return new MailError(
    'config',
    "mailer: sends through the application's MailerService, and there are several. Import MailerModule once, or say under which token the one is provided that is meant: mailerService({ token: MailerService }) is the one that the application's classes inject.",
  );
}

function noTransporter(name: string, known: readonly string[]): MailError {
  const urls = known.map((other) => `mailer:${encodeURIComponent(other)}`);
  const has = urls.length > 0 ? `It has ${urls.join(', ')}` : 'It has none with a name';
  const what = name === '' ? 'no default transporter' : `no transporter ${show(name)}`;
  const fix = name === '' ? 'give MailerModule a `transport`' : 'add it to `transports` of MailerModule';
  const near = closest(name, known);
  const guess = near === undefined ? '' : ` ${meant(`mailer:${encodeURIComponent(near)}`)}`;
  const message = `The application's MailerService has ${what}. ${has}: name one that is there, or ${fix}.${guess}`;
  return new MailError('config', message);
}
