import type { NoQueue, ResolvedMailer, ResolvedMailOptions, ResolvedQueue } from '../options/options.js';
import { isKept } from '../options/mailers.js';
import type { Mailroom } from '../mail.service.js';
import { DEFAULT_MAILER } from '../mail.tokens.js';
import type { MailQueue } from '../queue/mail-queue.js';
import type { Transport } from '../transport/transport.js';

/** Mailers with a transport of their own that the line names; an application may have hundreds. */
const MAX_NAMED = 5;

const VERIFIED: Readonly<Record<ResolvedMailer['verify'], string>> = {
  boot: ' (reached)',
  warn: ' (being verified)',
  off: ' (not verified)',
};

/** Where mail goes, where the queue is and how many templates there are: the one line of the boot. */
export function bootLine(room: Mailroom, options: ResolvedMailOptions): string {
  const { capture, mailers, queue, templates } = options;
  const first = capture?.message ?? `Mail goes ${way(mailers[0], room)}.`;
  return [
    first,
    ...namedMailers(mailers, room),
    queueSentence(queue, room.queueing.queue),
    templateSentence(room.renderer.names().length, templates.sources.length),
  ].join(' ');
}

function namedMailers(mailers: readonly ResolvedMailer[], room: Mailroom): readonly string[] {
  const shared = transportOf(DEFAULT_MAILER, room);
  const own = mailers.filter(({ name }) => transportOf(name, room) !== shared);
  const sentences = own
    .slice(0, MAX_NAMED)
    .map((mailer) => `That of '${mailer.name}' goes ${way(mailer, room)}.`);
  const more = own.length - sentences.length;
  return more > 0 ? [...sentences, `${more} more mailers have transports of their own.`] : sentences;
}

function transportOf(name: string, { mailers }: Mailroom): Transport | undefined {
  return mailers.get(name)?.transport;
}

function way({ name, verify, transport: made }: ResolvedMailer, room: Mailroom): string {
  const transport = transportOf(name, room);
  const target = transport?.target === undefined ? '' : ` to ${transport.target}`;
  return `by ${transport?.name}${target}${isKept(made) ? '' : VERIFIED[verify]}`;
}

function queueSentence(options: ResolvedQueue | NoQueue, { name, target }: MailQueue): string {
  if (options.driver === 'off') {
    return `There is no queue: ${options.isAsked ? options.why : 'the warning above says why'}.`;
  }
  const place =
    options.driver === 'registered' ? [name, target].filter(Boolean).join(' at ') : (target ?? name);
  return `Queued mails wait in ${place}${options.deliver ? '' : ', and other processes deliver them'}.`;
}

function templateSentence(count: number, sources: number): string {
  const templates = count === 1 ? '1 template' : `${count || 'No'} templates`;
  return sources > 0
    ? `${templates}, and those of ${sources === 1 ? '1 source' : `${sources} sources`}.`
    : `${templates}.`;
}
