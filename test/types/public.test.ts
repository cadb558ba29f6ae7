import { typeErrors } from '../support/type-check.js';

// The compiler reads the declarations of Nest and Node once, and machines are slow under load.
jest.setTimeout(120_000);

const IMPORTS = `
import { Inject, Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { Client, Pool } from 'pg';
import { mailerService, type MailerServiceOptions } from 'nest-mailroom/mailer';
import { failover, retry, roundRobin, route, InjectMailer, outboxTableSql, MAIL_TRANSPORT, mailConfig, MailError, MailModule, MailService, SafeString } from 'nest-mailroom';
import type { AttemptRecord, MailerOptions, MailerResolver, MemberOption, RetryOptions, RoundRobinOptions, Mail, MailErrorCode, MailEvents, MailInterceptor, MailOptionsFactory, RateLimit, Receipt, RenderedMessage,
  MailOf, OAuth2Options, SendOutcome, SmtpOptions, SqlExecutor, TemplateHelper, TemplateHelperOptions, Transport } from 'nest-mailroom';
declare const mail: MailService;
`;

type Sources = Readonly<Record<string, string>>;

/** The errors of each source, by its name; a source without any has an empty text. */
function errorsOf(sources: Sources, before = IMPORTS): Readonly<Record<string, string>> {
  const files = Object.entries(sources).map(([name, code], index): [string, string, string] => [
    name,
    `${index}.ts`,
    `${before}\n${code}\n`,
  ]);
  const errors = typeErrors(Object.fromEntries(files.map(([, file, code]) => [file, code])));
  return Object.fromEntries(
    files.map(([name, path]) => [
      name,
      errors
        .filter(({ file }) => file === path)
        .map(({ message }) => message)
        .join('\n'),
    ]),
  );
}

const RIGHT: Sources = {
  'a mail with literals': `void mail.send({ to: 'a@x.test', subject: 'Hi', text: 'Hello' });`,
  'addresses of every kind': `void mail.send({ to: ['a@x.test', { address: 'b@x.test', name: 'B' }], cc: 'c@x.test', text: '' });`,
  'a field that is undefined': `declare const locale: string | undefined; void mail.send({ to: 'a@x.test', template: 'w', locale });`,
  'a context of a class or an interface': `interface User { name: string } declare const user: User; void mail.send({ to: 'a@x.test', template: 'w', context: { user } });`,
  'readonly input': `declare const to: readonly string[]; const m: Mail = { to, text: '' } as const; void mail.send(m);`,
  'a mailable': `class Welcome { toMail(): Mail { return { to: 'a@x.test', text: '' }; } } void mail.send(new Welcome());`,
  'an asynchronous source': `async function* mails(): AsyncGenerator<Mail> { yield { to: 'a@x.test', text: '' }; } void mail.sendMany(mails());`,
  'a summary of a run': `async function f() { const { sent, failed } = await mail.sendMany([]); return [sent[0]?.receipt.accepted, failed[0]?.error.code]; } void f;`,
  'outcomes narrowed by a key': `async function f(): Promise<Receipt | MailErrorCode | undefined> { for await (const outcome of mail.sendMany([])) { if ('receipt' in outcome) return outcome.receipt; return outcome.error.code; } return undefined; } void f;`,
  'a switch over every code': `function f(code: MailErrorCode): boolean { switch (code) { case 'config': case 'template-not-found': case 'template-invalid': case 'context-invalid': case 'message-invalid': case 'unsupported': case 'recipients-rejected': case 'message-rejected': case 'authentication': case 'tls': case 'transport-unavailable': case 'timeout': case 'ambiguous': case 'rate-limited': case 'queue-full': case 'suppressed': case 'expired': case 'aborted': case 'closed': return true; } } void f;`,
  'a caught error': `try { f(); } catch (error) { if (MailError.is(error)) { const code: MailErrorCode = error.code; void code; } } declare function f(): void;`,
  'tls as a mode and as options': `const a: SmtpOptions = { host: 'x', tls: 'implicit' }; const b: SmtpOptions = { host: 'x', tls: { mode: 'required', ca: 'pem' } }; void [a, b];`,
  'ways to an access token': `const callback: OAuth2Options = { accessToken: async (signal) => ({ token: signal.aborted ? '' : 'x', expiresAt: new Date() }) }; const client: OAuth2Options = { clientId: 'a', clientSecret: 'b', tenant: 'c' }; const account: SmtpOptions = { service: 'gmail', username: 'ada@x.test', oauth2: { serviceClient: 'a', privateKey: 'b' } }; void [callback, client, account];`,
  'forRootAsync with what is injected': `MailModule.forRootAsync({ inject: [ConfigService], useFactory: (config: ConfigService) => ({ from: config.getOrThrow<string>('FROM') }) });`,
  'forRootAsync without anything': `MailModule.forRootAsync({ useFactory: async () => ({ from: 'a@x.test' }) });`,
  'forRootAsync with a class': `@Injectable() class Settings implements MailOptionsFactory { createMailOptions() { return { from: 'a@x.test' }; } } MailModule.forRootAsync({ useClass: Settings });`,
  'variables of the application': `MailModule.forRoot({ ignoreVariables: ['MAIL_PREVIEW'] });`,
  'forRootAsync from the configuration': `MailModule.forRootAsync(mailConfig.asProvider());`,
  'a transport as instance and as class': `declare const one: Transport; declare class Two implements Transport { name: string; send: Transport['send']; verify: Transport['verify']; close: Transport['close']; } MailModule.forRoot({ transport: one, mailers: { two: { transport: Two } } });`,
  'injected mailers and transports': `class A { constructor(@InjectMailer('news') readonly news: MailService, @Inject(MAIL_TRANSPORT) readonly transport: Transport) {} } void A;`,
  'helpers with arguments of their own': `const price: TemplateHelper = (amount: number, { data }: TemplateHelperOptions) => new SafeString(amount.toLocaleString(data.locale)); MailModule.forRoot({ templates: { helpers: { price } } });`,
  'an interceptor': `class A implements MailInterceptor { intercept(message: RenderedMessage) { return { ...message, subject: 'x' }; } } MailModule.forRoot({ interceptors: [A] });`,
  'a transaction of pg': `declare const client: Client; const via: SqlExecutor = { execute: async (sql, values) => (await client.query(sql, values)).rows }; void mail.queue({ to: 'a@x.test', text: '' }, { via, priority: 'high' });`,
  'a table for mails of transactions': `declare const pool: Pool; MailModule.forRoot({ queue: { outbox: { dialect: 'postgres', execute: async (sql, values) => (await pool.query(sql, values)).rows } } }); const ddl: string = outboxTableSql('sqlite', 'mails'); void ddl;`,
  'mails through MailerService': `MailModule.forRoot({ use: [mailerService()], transport: 'mailer:', mailers: { news: { transport: 'mailer:news' } } });`,
  'a MailerService by its token': `class Mailer { constructor(readonly name: string) {} } const tokens: MailerServiceOptions['token'][] = [Mailer, 'MAILER', Symbol('mailer'), undefined]; for (const token of tokens) mailerService({ token });`,
  'a transport that asks its account': `class A implements Transport { readonly name = 'a'; declare send: Transport['send']; async verify() {} async close() {} async accountRate() { return { max: 14, per: 1_000, count: 'recipients' } as const; } } MailModule.forRoot({ transport: A, rateLimit: 'account', mailers: { slow: { rateLimit: { max: 1, per: 1_000 } } } });`,
  'rate limits': `MailModule.forRoot({ rateLimit: { max: 14, per: 1_000, count: 'recipients', whenUnavailable: 'closed' }, queue: { domainLimits: { '*': { max: 1, per: 1_000, count: 'mails', whenUnavailable: 'open' } } } }); const limit: RateLimit = { max: 1, per: 1 }; void limit;`,
  'a transport with a look at the boot': `class A implements Transport { readonly name = 'a'; declare send: Transport['send']; async verify() {} async close() {} checkAtBoot() { return ['careful']; } } void A;`,
  'transports that wrap transports': `declare const one: Transport; declare class Two implements Transport { readonly name: string; send: Transport['send']; verify: Transport['verify']; close: Transport['close']; } const pair: Transport = failover(['smtp://a.test', { host: 'b.test', port: 25 }, one, Two, { name: 'ses', transport: 'ses://eu-west-1' }]); const members: readonly MemberOption[] = [pair, 'log:']; const options: RoundRobinOptions & RetryOptions = { weights: [3, 1], attempts: 2 }; MailModule.forRoot({ transport: route(({ mailer, tags, metadata, envelope }) => (tags.length + envelope.to.length > 1 || metadata['a'] === mailer ? 'main' : 'bulk'), { main: pair, bulk: roundRobin(members, options) }), mailers: { a: { transport: retry('log:', options) } } });`,
  'the member of a receipt, of an error and of an attempt': `function f({ transport }: Receipt, error: MailError, attempt: AttemptRecord): readonly (string | undefined)[] { return [transport, error.transport, attempt.transport]; } void f;`,
  'a resolver of mailers': `@Injectable() class A implements MailerResolver { async resolve(name: string): Promise<MailerOptions | undefined> { return name === 'a' ? { transport: 'memory:' } : undefined; } } MailModule.forRoot({ resolver: A }); void mail.mailer('a').verify();`,
  'payloads of events': `function f(event: MailEvents['mail.failed']): string { return event.error.code; } void f;`,
};

/** A mistake, and the compiler's message about it. */
const WRONG: Readonly<Record<string, readonly [code: string, says: RegExp]>> = {
  'a rate limit that counts something else': [
    `MailModule.forRoot({ rateLimit: { max: 1, per: 1_000, count: 'bytes' } });`,
    /'"bytes"' is not assignable to type '"mails" \| "recipients" \| undefined'/,
  ],
  'a route to a member that is not there': [
    `route(() => 'bulc', { main: 'log:', bulk: 'memory:' });`,
    /'"bulc"' is not assignable to type '"main" \| "bulk"'/,
  ],
  'a member that is no transport': [`failover([5]);`, /'number' is not assignable to type/],
  'a subject that is no text': [
    `void mail.send({ to: 'a@x.test', subject: 1 });`,
    /'number' is not assignable to type 'string'/,
  ],
  'an unknown field of a mail': [
    `void mail.send({ to: 'a@x.test', subjct: 'Hi', text: '' });`,
    /'subjct' does not exist/,
  ],
  'an attachment with content and path': [
    `void mail.send({ to: 'a@x.test', text: '', attachments: [{ content: 'x', path: 'y' }] });`,
    /not assignable/,
  ],
  'a priority there is none of': [
    `void mail.send({ to: 'a@x.test', text: '', priority: 'urgent' });`,
    /"urgent"' is not assignable/,
  ],
  'a mail that is changed': [`declare const m: RenderedMessage; m.subject = 'x';`, /read-only property/],
  'an outcome read without asking': [
    `async function f() { for await (const outcome of mail.sendMany([])) outcome.receipt; } void f;`,
    /'receipt' does not exist on type/,
  ],
  'an error of an outcome that was sent': [
    `declare const outcome: SendOutcome; if ('receipt' in outcome) outcome.error;`,
    /'error' does not exist on type 'SentOutcome'/,
  ],
  'a code there is none of': [
    `declare const code: MailErrorCode; if (code === 'bounced') f(); declare function f(): void;`,
    /no overlap/,
  ],
  'an unknown TLS mode': [
    `const a: SmtpOptions = { host: 'x', tls: 'starttls' }; void a;`,
    /"starttls"' is not assignable/,
  ],
  'an unknown TLS mode in options': [
    `const a: SmtpOptions = { host: 'x', tls: { mode: true } }; void a;`,
    /'true' is not assignable|'boolean' is not assignable/,
  ],
  'the login of nodemailer': [
    `MailModule.forRoot({ transport: { host: 'x', auth: { user: 'a', pass: 'b' } } });`,
    /'auth' does not exist/,
  ],
  'an unknown option': [`MailModule.forRoot({ form: 'a@x.test' });`, /'form' does not exist/],
  'a factory that makes something else': [
    `MailModule.forRootAsync({ useFactory: () => ({ from: 1 }) });`,
    /'number' is not assignable/,
  ],
  'a transport that lacks a method': [
    `class A implements Transport { readonly name = 'a'; async close() {} async verify() {} } void A;`,
    /incorrectly implements interface 'Transport'/,
  ],
  'an interceptor that returns nothing': [
    `class A implements MailInterceptor { intercept(message: RenderedMessage) { void message; } } void A;`,
    /'void' is not assignable to type 'RenderedMessage/,
  ],
  'a resolver that finds something else': [
    `class A implements MailerResolver { async resolve() { return { form: 1, from: 1 }; } } MailModule.forRoot({ resolver: A });`,
    /'number' is not assignable/,
  ],
  'an executor that gives no rows': [
    `declare const client: Client; const via: SqlExecutor = { execute: (sql, values) => client.query(sql, values) }; void via;`,
    /'Promise<QueryResult<any>>' is not assignable to type 'Promise<readonly unknown\[\]>'/,
  ],
  'a dialect there is none of': [`outboxTableSql('oracle');`, /"oracle"' is not assignable/],
  'a token that is none': [`mailerService({ token: 7 });`, /'number' is not assignable/],
  'an event there is none of': [
    `let event: MailEvents['mail.bounced']; void event;`,
    /'mail\.bounced' does not exist/,
  ],
};

test('what is right compiles', () => {
  expect(errorsOf(RIGHT)).toEqual(Object.fromEntries(Object.keys(RIGHT).map((name) => [name, ''])));
});

test('what is wrong does not, and the compiler says why', () => {
  const sources = Object.entries(WRONG).map(([name, [code]]): [string, string] => [name, code]);
  expect(errorsOf(Object.fromEntries(sources))).toEqual(
    Object.fromEntries(Object.entries(WRONG).map(([name, [, says]]) => [name, expect.stringMatching(says)])),
  );
});

describe('an application that declares its templates', () => {
  const DECLARED = `${IMPORTS}
declare module 'nest-mailroom' {
  interface MailTemplates { welcome: { user: { name: string } }; news: { issue: number }; notice: { note?: string } }
}
`;

  test('has its names and contexts checked', () => {
    const found = errorsOf(
      {
        right: `void mail.send({ to: 'a@x.test', template: 'welcome', context: { user: { name: 'Ada' } } });`,
        'several at once': `declare const mails: Mail[]; void mail.sendMany(mails); void mail.render({ to: 'a@x.test', template: 'news', context: { issue: 1 } });`,
        'no template': `void mail.send({ to: 'a@x.test', text: 'Hi' });`,
        'a context that may be left out': `void mail.send({ to: 'a@x.test', template: 'notice' });`,
        'a mailable': `class Welcome { toMail(): Mail { return { to: 'a@x.test', template: 'news', context: { issue: 1 } }; } } void mail.send(new Welcome());`,
        "one template's mail": `function welcome(name: string): MailOf<'welcome'> { return { to: 'a@x.test', template: 'welcome', context: { user: { name } } }; } void mail.send(welcome('Ada'));`,
        "one template's mail with another's name": `const m: MailOf<'welcome'> = { to: 'a@x.test', template: 'news', context: { user: { name: 'Ada' } } }; void m;`,
        "one template's mail with another's context": `const m: MailOf<'welcome'> = { to: 'a@x.test', template: 'welcome', context: { issue: 1 } }; void m;`,
        'missing context': `void mail.send({ to: 'a@x.test', template: 'welcome' });`,
        'missing field': `void mail.send({ to: 'a@x.test', template: 'welcome', context: { user: {} } });`,
        'wrong nesting': `void mail.render({ to: 'a@x.test', template: 'welcome', context: { name: 'Ada' } });`,
        'context of another template': `void mail.send({ to: 'a@x.test', template: 'welcome', context: { issue: 1 } });`,
        'wrong name': `void mail.send({ to: 'a@x.test', template: 'welcom', context: { issue: 1 } });`,
        'wrong context': `void mail.send({ to: 'a@x.test', template: 'news', context: { issue: 'one' } });`,
      },
      DECLARED,
    );
    expect(found).toEqual({
      right: '',
      'several at once': '',
      'no template': '',
      'a context that may be left out': '',
      'a mailable': '',
      "one template's mail": '',
      "one template's mail with another's name": expect.stringMatching(
        /'"news"' is not assignable to type '"welcome"'/,
      ),
      "one template's mail with another's context": expect.stringMatching(/'issue' does not exist/),
      'missing context': expect.stringMatching(/'context' is missing/),
      'missing field': expect.stringMatching(/'name' is missing/),
      'wrong nesting': expect.stringMatching(/'name' does not exist/),
      'context of another template': expect.stringMatching(/'issue' does not exist/),
      'wrong name': expect.stringMatching(/"welcom"' is not assignable/),
      'wrong context': expect.stringMatching(/'string' is not assignable/),
    });
  });
});
