import { MailError, messageOf } from '../../errors/mail-error.js';
import { show } from '../../errors/show.js';
import { startOf } from '../faults/source-location.js';
import { invalidTemplates } from '../faults/template-fault.js';
import { MAX_FILE_SIZE } from '../files/template-file.js';
import { LruCache } from '../format/lru-cache.js';
import { SharedCalls } from './shared-calls.js';
import type { TemplateQuery, TemplateSource } from './template-source.js';

/** The checked answer of a source: one language of a template. */
export interface SourceText {
  /** The empty string for the base template. */
  readonly locale: string;
  readonly version: string;
  readonly html?: string;
  readonly text?: string;
}

/** Bounds the answers kept, so that a source need not send a version twice. */
const MAX_KEPT = 200;

const MAX_VERSION_LENGTH = 200;

/** Asks one source for templates, and checks its answers. */
export class SourceReader {
  readonly #source: TemplateSource;
  readonly #kept = new LruCache<SourceText>(MAX_KEPT);
  readonly #calls = new SharedCalls<SourceText | undefined>();

  constructor(source: TemplateSource) {
    this.#source = source;
  }

  get name(): string {
    return this.#source.name;
  }

  /**
   * @throws {MailError} `template-not-found`, retryable, if the source fails; `template-invalid` for a wrong
   * answer; `aborted` or `timeout`
   */
  read(name: string, locale: string, signal: AbortSignal | undefined): Promise<SourceText | undefined> {
    const key = JSON.stringify([name, locale]);
    return this.#calls.join(key, (shared) => this.#ask(key, name, locale, shared), signal);
  }

  close(): void {
    this.#calls.close(
      new MailError('closed', 'The mail module is closed: the application is shutting down.'),
    );
  }

  async #ask(
    key: string,
    name: string,
    locale: string,
    signal: AbortSignal,
  ): Promise<SourceText | undefined> {
    const known = this.#kept.get(key);
    const query = { name, ...(locale && { locale }), ...(known && { known: known.version }) };
    const answer = await answerOf(this.#source, query, signal);
    if (answer === undefined || answer === null) return undefined;
    const text = checked(answer, { source: this.name, name, locale, known });
    this.#kept.set(key, text);
    return text;
  }
}

async function answerOf(source: TemplateSource, query: TemplateQuery, signal: AbortSignal): Promise<unknown> {
  try {
    return await source.find(query, { signal });
  } catch (error) {
    if (MailError.is(error)) throw error;
    // `show` hides the password of a connection URL.
    const message = `The template source '${source.name}' could not be asked for ${show(query.name)}: ${show(messageOf(error))}. Trying again may help.`;
    throw new MailError('template-not-found', message, {
      retryable: true,
      cause: error,
      at: { template: query.name },
    });
  }
}

interface SourceRequest {
  readonly source: string;
  readonly name: string;
  readonly locale: string;
  readonly known: SourceText | undefined;
}

function checked(answer: unknown, request: SourceRequest): SourceText {
  const { known, locale } = request;
  if (typeof answer !== 'object') throw refusal(request, 'an object { version, source }', show(answer));
  const version: unknown = Reflect.get(answer ?? {}, 'version');
  if (!isVersion(version)) {
    const expected = `version: a string of 1 to ${MAX_VERSION_LENGTH} printable characters`;
    throw refusal(request, expected, show(version));
  }
  if (known?.version === version) return known;
  const html = part(answer, 'source', version, request);
  const text = part(answer, 'text', version, request);
  if (html === undefined && text === undefined) {
    throw refusal(request, `source or text of the version ${show(version)}`, 'neither');
  }
  return { locale, version, ...(html !== undefined && { html }), ...(text !== undefined && { text }) };
}

function isVersion(version: unknown): version is string {
  return (
    typeof version === 'string' &&
    version.length <= MAX_VERSION_LENGTH &&
    /^[^\p{C}\p{Zl}\p{Zp}]+$/u.test(version)
  );
}

function part(
  answer: object | null,
  field: 'source' | 'text',
  version: string,
  request: SourceRequest,
): string | undefined {
  const content: unknown = Reflect.get(answer ?? {}, field) ?? undefined;
  if (content === undefined) return undefined;
  if (typeof content !== 'string') throw refusal(request, `${field}: a string`, show(content));
  const size = Buffer.byteLength(content);
  if (size <= MAX_FILE_SIZE) return content.replace(/^\uFEFF/, '');
  const file = originOf(request.source, request.name, { locale: request.locale, version }, field === 'text');
  const what = `the template has ${size} bytes; at most ${MAX_FILE_SIZE} are read`;
  throw invalidTemplates([{ place: startOf(file), what }], request.name);
}

function refusal({ source, name, locale }: SourceRequest, expected: string, found: string): MailError {
  const language = locale && ` in ${locale}`;
  const message = `The template source '${source}' answered for ${show(name)}${language} with what is no template: expected ${expected}, got ${found}.`;
  return new MailError('template-invalid', message, { at: { template: name } });
}

/** The name of a sourced template in messages, instead of a file's path: `database:welcome.fr.text@7`. */
export function originOf(
  source: string,
  name: string,
  { locale, version }: Pick<SourceText, 'locale' | 'version'>,
  text: boolean,
): string {
  return `${source}:${[name, locale, text ? 'text' : ''].filter(Boolean).join('.')}@${version}`;
}
