import type { ProviderAnswer, SmtpAnswer } from 'nest-mailroom/testing';
import { TestProviderServer, TestSmtpServer } from 'nest-mailroom/testing';
import type { Seeded } from './seeded.js';
import { DROP, RESET, SILENCE } from './scripted-server.js';

/** A server that fails in many ways, and remembers whom it has taken a mail for, whatever it answered. */
export interface FailingServer {
  readonly url: string;
  /** A recipient for each mail that it took, in order. */
  readonly taken: () => readonly string[];
  readonly faults: () => number;
  readonly close: () => Promise<void>;
}

type Faults = readonly [SmtpAnswer, ...SmtpAnswer[]];

/** The ways in which a step of SMTP fails. Silence is rare, because it costs time. */
const STEPS: ReadonlyArray<readonly [RegExp, Faults]> = [
  [/^BANNER/, ['421 4.3.2 shutting down', '554 5.3.2 no service', RESET, DROP]],
  [/^(EHLO|HELO)/, ['502 5.5.1 what', '421 4.3.2 busy', 'hello?']],
  [/^MAIL/, ['421 4.4.5 busy', '451 4.3.0 later', '530 5.7.0 log in', '550 5.7.1 not you', RESET, SILENCE]],
  [/^RCPT/, ['421 4.4.5 busy', '450 4.2.1 greylisted', '550 5.1.1 nobody', '503 5.5.1 MAIL first', DROP]],
  [/^DATA/, ['421 4.4.5 busy', '451 4.3.0 later', '554 5.6.0 no', '250 2.0.0 what', RESET]],
  [/^BODY/, [RESET, DROP]],
];

/** Answers to a whole mail, and whether the server keeps it. */
const ENDS: readonly [readonly [SmtpAnswer, boolean], ...Array<readonly [SmtpAnswer, boolean]>] = [
  ['451 4.3.0 later', false],
  ['554 5.6.0 spam', false],
  ['421 4.3.2 shutting down', false],
  ['hello?', true],
  [RESET, true],
  [RESET, false],
  [DROP, true],
  [DROP, false],
  [{ last: '250 2.0.0 fine' }, true],
];

/** @param oneIn how rarely a step fails */
export async function failingSmtp(seeded: Seeded, oneIn: number): Promise<FailingServer> {
  const taken: string[] = [];
  let faults = 0;
  const fail = <T>(ways: readonly [T, ...T[]]): T | undefined => {
    if (!seeded.oneIn(oneIn)) return undefined;
    faults += 1;
    return seeded.pick(ways);
  };
  const server: TestSmtpServer = await TestSmtpServer.start({
    script(line) {
      if (line !== 'END') return fail(STEPS.find(([step]) => step.test(line))?.[1] ?? [`250 2.0.0 fine`]);
      const end = fail(ENDS);
      if (end?.[1] !== false) taken.push(server.mails.at(-1)?.to[0] ?? '');
      return end?.[0];
    },
  });
  return { url: server.url, taken: () => taken, faults: () => faults, close: () => server.close() };
}

/** Half of the mails meet a row of the provider's error table, or a connection that breaks. */
export async function failingProvider(name: string, seeded: Seeded, mails: number): Promise<FailingServer> {
  const server = await TestProviderServer.start(name);
  const breaks: ProviderAnswer[] = ['reset before', 'reset after', 'cut', 'html', 'redirect'];
  const rows = server.errors.map((error): ProviderAnswer => ({ error }));
  const [first = 'html', ...others] = [...breaks, ...rows];
  const answers = seeded.list(mails, (): ProviderAnswer => {
    if (seeded.oneIn(100)) return 'silence';
    return seeded.oneIn(2) ? seeded.pick([first, ...others]) : 'success';
  });
  server.play(...answers);
  return {
    url: server.url,
    taken: () => server.mails.map(({ recipients }) => recipients[0] ?? ''),
    faults: () => server.requests.length - server.mails.length,
    close: () => server.close(),
  };
}
