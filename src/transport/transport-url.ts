import { closest, meant } from '../errors/closest.js';
import { pathFault } from '../errors/path-fault.js';
import { type ConfigReport } from '../errors/config-report.js';
import { redactUrl } from '../errors/show.js';
import { isComposedUrl, parseComposedUrl, type UrlKind, type UrlNode } from './composed/composed-url.js';
import {
  type ComposedDependencies,
  type ComposedTransport,
  NAME_THEM,
  OWN_NAMES,
} from './composed/composed.transport.js';
import { failoverTransport } from './composed/failover.js';
import type { MemberOption } from './composed/member.js';
import { RetryTransport } from './composed/retry.js';
import { roundRobinTransport } from './composed/round-robin.js';
import { HttpTransport } from './http/http.transport.js';
import { readProviderUrl } from './http/provider-url.js';
import { type ProviderRow, PROVIDERS } from './http/providers.js';
import { FileTransport } from './file/file.transport.js';
import { LogTransport } from './log/log.transport.js';
import { MemoryTransport } from './memory/memory.transport.js';
import type { TransportResources } from './resources.js';
import { resolveSmtpOptions } from './smtp/resolve-smtp-options.js';
import { SmtpTransport } from './smtp/smtp.transport.js';
import type { Transport } from './transport.js';
import { urlOf } from '../message/values/url.js';

type RefuseUrl = (expected: string, fix?: string) => undefined;

interface UrlRequest {
  readonly url: string;
  readonly resources: TransportResources;
  readonly report: ConfigReport;
  readonly where: string;
  readonly refuse: RefuseUrl;
}

const BUILT_IN: Readonly<Record<string, (request: UrlRequest) => Transport | undefined>> = {
  smtp: smtpTransport,
  smtps: smtpTransport,
  file: fileTransport,
  memory: (request) => bare(request) && new MemoryTransport(request.resources.outbox),
  log: (request) => bare(request) && new LogTransport(request.resources.logger),
};

const WRAP = 'Wrap its nodemailer plugin: `transport: new NodemailerPluginTransport(plugin)`';

/** Schemes that people try, with their alternatives. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['sparkpost', 'sendmail'].map((name) => [name, WRAP])),
  redis: 'That names a store, not a way to send: give an smtp:// URL here',
  rediss: 'That names a store, not a way to send: give an smtp:// URL here',
};

/** Schemes of the extensions of this package, with the call that registers each. */
const UNREGISTERED: Readonly<Record<string, string>> = {
  ses: "Add use: [ses()] to MailModule.forRoot(), with import { ses } from 'nest-mailroom/ses', and npm install @aws-sdk/client-sesv2",
  mailer:
    "Add use: [mailerService()] to MailModule.forRoot(), with import { mailerService } from 'nest-mailroom/mailer'",
};

/**
 * Makes the transport of a URL: `smtp://`, `smtps://`, `file:./dir`, `memory:`, `log:`, one of a provider such as
 * `sendgrid://KEY@default`, a scheme of a registered extension, or several in `failover(…)`. For a wrong URL it returns `undefined`, and adds the
 * faults to `report` under `where`.
 */
export function createTransport(
  url: string,
  resources: TransportResources,
  report: ConfigReport,
  where: string,
): Transport | undefined {
  const refuse: RefuseUrl = (expected, fix) => {
    report.add({ where, expected, found: redactUrl(url), fix });
    return undefined;
  };
  if (isComposedUrl(url)) return composedTransport({ url, resources, report, where, refuse });
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) return refuse('a URL such as smtp://user:password@host:587');
  const extension = resources.extensions.find(({ schemes }) => schemes?.includes(scheme));
  if (extension?.createTransport) {
    const parsed = urlOf(url);
    if (!parsed) return refuse(`a ${scheme}: URL`);
    return extension.createTransport(parsed, resources, report, where);
  }
  const row = PROVIDERS.find(({ name }) => name === scheme);
  if (row) return providerTransport(row, { url, resources, report, where, refuse });
  const make = Object.hasOwn(BUILT_IN, scheme) ? BUILT_IN[scheme] : undefined;
  return make ? make({ url, resources, report, where, refuse }) : refuseScheme(scheme, resources, refuse);
}

function composedTransport(request: UrlRequest): Transport | undefined {
  const node = parseComposedUrl(request.url);
  if (!('position' in node)) return nodeTransport(node, request);
  const { position, expected, found, fix } = node;
  request.report.add({ where: request.where, expected, found: `${found} at position ${position}`, fix });
  return undefined;
}

function nodeTransport(
  node: UrlNode,
  { resources, report, where, refuse }: UrlRequest,
): Transport | undefined {
  if ('url' in node) return createTransport(node.url, resources, report, where);
  const { kind } = node;
  const members: MemberOption[] = [];
  for (const [index, member] of node.members.entries()) {
    const place = `${where}, member ${index + 1} of ${kind}`;
    const transport = nodeTransport(member, { url: '', resources, report, where: place, refuse });
    if (transport) members.push(member.name === undefined ? transport : { name: member.name, transport });
  }
  if (members.length < node.members.length) return undefined;
  const made = MAKE[kind](members, { logger: resources.logger });
  const name = made.repeatedName;
  if (name === undefined) return made;
  report.add({ where, expected: OWN_NAMES, found: `${JSON.stringify(name)} twice`, fix: NAME_THEM });
  return undefined;
}

type MakeComposed = (
  members: readonly MemberOption[],
  dependencies: ComposedDependencies,
) => ComposedTransport;

const MAKE: Readonly<Record<UrlKind, MakeComposed>> = {
  failover: failoverTransport,
  roundrobin: (members, dependencies) => roundRobinTransport(members, {}, dependencies),
  retry: ([member = ''], dependencies) => new RetryTransport(member, {}, dependencies),
};

function refuseScheme(scheme: string, { extensions }: TransportResources, refuse: RefuseUrl): undefined {
  const schemes = [
    ...Object.keys(BUILT_IN),
    ...PROVIDERS.map(({ name }) => name),
    ...extensions.flatMap((extension) => extension.schemes ?? []),
  ];
  const expected = `one of the schemes ${schemes.map((name) => `${name}:`).join(' ')}`;
  if (Object.hasOwn(UNSUPPORTED, scheme)) {
    return refuse(expected, `${scheme}: is unsupported in this version. ${UNSUPPORTED[scheme]}`);
  }
  if (Object.hasOwn(UNREGISTERED, scheme)) return refuse(expected, UNREGISTERED[scheme]);
  const near = closest(scheme, schemes);
  return refuse(expected, near && meant(`${near}:`));
}

function providerTransport(
  row: ProviderRow,
  { url, resources, report, where }: UrlRequest,
): Transport | undefined {
  const account = readProviderUrl({ url, row, spareKey: resources.spareKey, report, where });
  return account && new HttpTransport(row, account, resources);
}

function smtpTransport({ url, resources, report, where }: UrlRequest): Transport | undefined {
  const options = { ...resources.smtp, url };
  const whereIn = (option: string): string => (option === 'url' ? where : `${where}.${option}`);
  const resolved = resolveSmtpOptions(options, report, whereIn);
  return resolved && new SmtpTransport(options, resources, resolved);
}

/** Reads `file:./dir`, which is relative to the working directory; a parsed URL would have lost that. */
function fileTransport({ url, resources, refuse }: UrlRequest): Transport | undefined {
  const path = decoded(url.replace(/^file:(\/\/(?=\/))?/i, ''));
  if (path === undefined || path === '' || path.startsWith('//') || /[?#\p{Cc}]/u.test(path)) {
    return refuse('file:./folder or file:///folder');
  }
  const fault = pathFault(path);
  if (fault !== undefined) return refuse('file:./folder or file:///folder', fault);
  return new FileTransport({ dir: path, clock: resources.clock });
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function bare({ url, refuse }: UrlRequest): true | undefined {
  return /^[a-z]+:(\/\/)?$/i.test(url) || refuse(`${/^[a-z]+:/i.exec(url)?.[0] ?? ''} with nothing after it`);
}
