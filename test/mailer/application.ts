import { MailerModule } from '@nestjs-modules/mailer';
import type { MailerOptions } from '@nestjs-modules/mailer';
import type { TestingModule } from '@nestjs/testing';
import { MailModule, type MailModuleOptions } from 'nest-mailroom';
import { mailerService } from 'nest-mailroom/mailer';
import { boot } from '../support/application.js';

/** As `createTransport` of nodemailer 9, which knows no abort signal. */
export const nodemailer9: Pick<typeof import('nodemailer'), 'createTransport'> =
  jest.requireActual('nodemailer-9');

export const from = 'Shop <hello@example.test>';

/** Theirs on a server at this port of loopback. */
export function smtpAt(port: number, more: object = {}): MailerOptions {
  return { transport: { host: '127.0.0.1', port, ignoreTLS: true, ...more } };
}

/** The options of ours, with mails going through theirs. */
export function throughMailer(options: MailModuleOptions = {}): MailModuleOptions {
  return { from, use: [mailerService()], transport: 'mailer:', verify: 'off', ...options };
}

/** An application that imports both modules. */
export function bootBoth(theirs: MailerOptions, ours: MailModuleOptions = {}): Promise<TestingModule> {
  return boot([MailerModule.forRoot(theirs), MailModule.forRoot(throughMailer(ours))]);
}

/** With transporters that another copy of nodemailer makes. */
export function bootOnNodemailer9(
  theirs: MailerOptions,
  ours: MailModuleOptions = {},
): Promise<TestingModule> {
  const { createTransport } = nodemailer9;
  const factory = { createTransport: (options?: object) => createTransport(options ?? theirs.transport) };
  return boot([
    MailerModule.forRootAsync({
      imports: [],
      useFactory: () => Promise.resolve(theirs),
      extraProviders: [{ provide: 'MAILER_TRANSPORT_FACTORY', useValue: factory }],
    }),
    MailModule.forRoot(throughMailer(ours)),
  ]);
}
