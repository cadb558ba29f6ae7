import { closest, guess } from '../../errors/closest.js';
import { localeChain, localeParents } from '../format/locale-chain.js';
import { showPlace } from '../faults/source-place.js';
import type { CatalogMessage } from './catalog-message.js';
import type { MessageName, Messages } from './messages.js';

/** A call of `t` with a key that is written out. */
export interface MessageCall extends MessageName {
  /** The language of the file it is written in; empty for the base variant. */
  readonly locale: string;
  /** Names of its arguments. */
  readonly args: readonly string[];
}

/** What is wrong with a call, and what to do about it. */
export interface WrongCall {
  readonly what: string;
  readonly mend: string;
}

/** What is wrong with a call, known before any mail is rendered. With a translator only mails can tell. */
export function wrongCall(messages: Messages, call: MessageCall): WrongCall | undefined {
  if (messages.hasTranslator) return undefined;
  const locale = call.locale || messages.defaultLocale;
  if (!messages.find(call, locale)) return absent(messages, call, locale);
  for (const message of reached(messages, call)) {
    const missing = [...message.kinds.keys()].find((name) => !call.args.includes(name));
    if (missing !== undefined) return lacking(call, message, missing);
  }
  return undefined;
}

/** A key that no language of a mail has a message for. */
export function absent(messages: Messages, name: MessageName, locale: string): WrongCall {
  const languages = new Set([locale, messages.defaultLocale].flatMap((tag) => localeParents(tag)));
  const empty = messages
    .catalogs(name.namespace)
    .flatMap(({ untranslated }) => untranslated.get(name.key) ?? []);
  const elsewhere = messages.named(name).map((message) => message.locale);
  const only = elsewhere.length > 0 ? `, only in ${elsewhere.join(', ')}` : '';
  const what = `message "${name.key}" does not exist in ${[...languages].join(', ')}${only}`;
  const [unwritten] = empty;
  if (unwritten) return { what, mend: `It is empty: write it at ${showPlace(unwritten.placeAt())}` };
  const meant = elsewhere.length > 0 ? undefined : guess(name.key, keysOf(messages, name));
  return { what, mend: meant ?? `Add it to ${fileFor(messages, name)}` };
}

/** A language's own file is not used for mails in others. */
function reached(messages: Messages, call: MessageCall): readonly CatalogMessage[] {
  if (call.locale === '') return messages.named(call);
  const languages = messages.languages(call.locale);
  return messages
    .named(call)
    .filter(({ locale }) => languages.includes(locale) || localeChain(locale).includes(call.locale));
}

function lacking({ key, args }: MessageCall, { kinds, place }: CatalogMessage, missing: string): WrongCall {
  const surplus = args.filter((name) => !kinds.has(name));
  const meant = closest(missing, surplus);
  return {
    what: `message "${key}" (${showPlace(place)}) needs the argument "${missing}"`,
    mend: meant === undefined ? `Write ${missing}=…` : `Is it meant by "${meant}"?`,
  };
}

function keysOf(messages: Messages, { namespace }: MessageName): readonly string[] {
  return messages.catalogs(namespace).flatMap((catalog) => catalog.messages.map(({ key }) => key));
}

function fileFor(messages: Messages, { namespace }: MessageName): string {
  const { defaultLocale } = messages;
  const catalog = messages.catalogs(namespace).find(({ locale }) => locale === defaultLocale);
  return catalog?.path ?? `locales/${defaultLocale}.json in the templates folder`;
}
