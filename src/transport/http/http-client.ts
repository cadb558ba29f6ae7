import { abortError, throwIfAborted, untilAborted } from '../../errors/abort.js';
import { MailError, type MailOutcome, messageOf, fieldOf } from '../../errors/mail-error.js';
import { closedError } from '../closed.js';
import { shown } from '../remote-text.js';
import type { TokenSource } from '../smtp/oauth2/token-source.js';
import type { HttpAnswer } from './http-answer.js';

/** The global `fetch`, or the caller's, for instance with a proxy or an authority. */
export type Fetch = typeof fetch;

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** Path after the provider's address, with its slash. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

export interface HttpClientOptions {
  /** For errors: `SendGrid`. */
  readonly title: string;
  /** The transport's name, for errors. */
  readonly transport: string;
  /** Without a slash at its end. */
  readonly endpoint: string;
  /** Headers of every request that identify the account. */
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: Fetch;
  readonly conceal: (text: string) => string;
  /** Access tokens, if requests carry them. */
  readonly tokens?: TokenSource | undefined;
}

/** Most bytes that are read of an answer: a batch has a result for each mail. */
const LONGEST_ANSWER = 2 ** 20;

/** Makes single requests: it follows no redirect, repeats nothing, and ends with its signal. */
export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #underWay = new Set<AbortController>();
  #isClosed = false;

  constructor(options: HttpClientOptions) {
    this.#options = options;
  }

  /**
   * @param outcome outcome of the mail if no status line comes back
   * @throws {MailError} if no status line came, or no access token; callers judge the status
   */
  async ask(request: HttpRequest, signal: AbortSignal, outcome: MailOutcome): Promise<HttpAnswer> {
    const { tokens } = this.#options;
    if (!tokens) return this.#askOnce(request, signal, outcome);
    this.throwIfClosed();
    throwIfAborted(signal);
    const token = await untilAborted(tokens.current(), signal);
    const answer = await this.#askOnce(withToken(request, token), signal, outcome);
    if (answer.status !== 401) return answer;
    // A refused token sent nothing. It is renewed once, because its issuer may have revoked it.
    const other = await untilAborted(tokens.after(token), signal);
    return other === token ? answer : this.#askOnce(withToken(request, other), signal, outcome);
  }

  async #askOnce(request: HttpRequest, signal: AbortSignal, outcome: MailOutcome): Promise<HttpAnswer> {
    this.throwIfClosed();
    throwIfAborted(signal);
    const attempt = new AbortController();
    const abort = () => attempt.abort();
    signal.addEventListener('abort', abort, { once: true });
    this.#underWay.add(attempt);
    try {
      return await readAnswer(await this.#fetch(request, attempt.signal));
    } catch (error) {
      throw this.#failure(error, signal, outcome);
    } finally {
      this.#underWay.delete(attempt);
      signal.removeEventListener('abort', abort);
    }
  }

  /** Aborts all requests. */
  close(): void {
    this.#isClosed = true;
    this.#options.tokens?.close();
    for (const attempt of this.#underWay) attempt.abort();
  }

  /** @throws {MailError} `closed` */
  throwIfClosed(): void {
    if (this.#isClosed) throw closedError(this.#options.transport);
  }

  #fetch({ method, path, headers, body }: HttpRequest, signal: AbortSignal): Promise<Response> {
    const { endpoint, fetch: request } = this.#options;
    return request(`${endpoint}${path}`, {
      method,
      headers: { accept: 'application/json', ...this.#options.headers, ...headers },
      ...(body !== undefined && { body }),
      redirect: 'manual',
      signal,
    });
  }

  #failure(error: unknown, signal: AbortSignal, outcome: MailOutcome): MailError {
    const { title, transport, conceal } = this.#options;
    const text = shown(messageOf(fieldOf(error, 'cause') ?? error), conceal);
    const unreached = unreachedBy(error, title, text);
    if (unreached) return unreached;
    if (this.#isClosed) return closedError(transport, outcome);
    if (signal.aborted) return abortError(signal, outcome);
    return outcome === 'unknown'
      ? new MailError('ambiguous', `${title} gave no answer, so the mail may have been sent: ${text}`)
      : new MailError('transport-unavailable', `${title} gave no answer: ${text}`);
  }
}

const withToken = (request: HttpRequest, token: string): HttpRequest => ({
  ...request,
  headers: { ...request.headers, authorization: `Bearer ${token}` },
});

/** Faults before there was a connection: nothing was handed over. undici keeps them in `cause`. */
const UNREACHED: ReadonlySet<unknown> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const BAD_CERTIFICATE =
  /^(?:EPROTO$|CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(?:GET|VERIFY)_|HOSTNAME_MISMATCH)/;

/** Error of undici's ProxyAgent, which opens a tunnel first. */
const REFUSED_BY_PROXY = /^Proxy response \((\d+)\) !== 200/;

/** Codes in the cause of a `fetch` error before there was a connection: nothing was handed over. */
export function unreachedBy(error: unknown, title: string, text: string): MailError | undefined {
  const cause = fieldOf(error, 'cause');
  const code = fieldOf(cause, 'code');
  if (typeof code === 'string' && BAD_CERTIFICATE.test(code)) {
    const advice = 'An authority of your own is given by NODE_EXTRA_CA_CERTS.';
    return new MailError('tls', `${title} could not be reached securely: ${text} (${code}). ${advice}`);
  }
  // fetch does not connect to ports of other protocols.
  if (code === undefined && text === 'bad port') {
    return new MailError('config', `${title} could not be asked: fetch refuses the port of its endpoint.`);
  }
  const [, status] = REFUSED_BY_PROXY.exec(text) ?? [];
  if (status === '407') {
    return new MailError('config', `${title} could not be reached: the proxy wants a login: ${text}`);
  }
  const isUnreached = status !== undefined || UNREACHED.has(code) || isOfConnecting(cause);
  return isUnreached
    ? new MailError('transport-unavailable', `${title} could not be reached: ${text}`)
    : undefined;
}

/** A host with several addresses has one fault for each. They name the call; the whole does not. */
function isOfConnecting(cause: unknown): boolean {
  const errors = fieldOf(cause, 'errors');
  const each: readonly unknown[] = Array.isArray(errors) && errors.length > 0 ? errors : [cause];
  return each.every((error) => fieldOf(error, 'syscall') === 'connect');
}

/** Reads the body of an answer. It may be cut off: the status counts. */
async function readAnswer(response: Response): Promise<HttpAnswer> {
  const { status, headers } = response;
  return { status, headers, text: await readText(response) };
}

async function readText({ body }: Response): Promise<string> {
  if (!body) return '';
  const stream: AsyncIterable<Uint8Array> = body;
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of stream) {
      chunks.push(chunk);
      length += chunk.byteLength;
      if (length > LONGEST_ANSWER) break;
    }
  } catch {
    // Cut off or aborted: the part that came is used.
  }
  return Buffer.concat(chunks).toString('utf8').slice(0, LONGEST_ANSWER);
}
