import { fieldOf, MailError } from '../../../errors/mail-error.js';
import { shown } from '../../remote-text.js';
import { readFault } from '../smtp-fault.js';
import type { AccessToken } from './access-token.js';
import { badAnswer, refusal, unreachable } from './token-fault.js';

/** Most bytes that are read of an answer; tokens have a few thousand. */
const LARGEST_ANSWER = 256 * 1024;

export interface TokenRequest {
  readonly url: string;
  readonly form: URLSearchParams;
  readonly signal: AbortSignal;
  readonly clock: () => number;
  /** Hides secrets that the endpoint may quote. */
  readonly conceal: (text: string) => string;
  /** @default the global one */
  readonly fetch?: typeof fetch | undefined;
}

export interface TokenAnswer extends AccessToken {
  /** Replaces the refresh token, if the endpoint rotates them (RFC 6749 §6). */
  readonly refreshToken: string | undefined;
}

/**
 * Asks a token endpoint once. Follows no redirect: the secrets are only for the configured address.
 * @throws {MailError} `authentication` if the endpoint refuses the credentials, else `transport-unavailable`
 */
export async function requestToken(request: TokenRequest): Promise<TokenAnswer> {
  const { clock } = request;
  const response = await post(request);
  const text = await bodyOf(response, request);
  const answer = objectOf(text);
  const error = textIn(answer, 'error');
  const token = textIn(answer, 'access_token');
  if (response.ok && error === undefined && isToken(token)) {
    return {
      value: token,
      expiresAt: expiryOf(answer, clock()),
      refreshToken: textIn(answer, 'refresh_token'),
    };
  }
  const description = textIn(answer, 'error_description') ?? '';
  const said = shown([error, description].filter(Boolean).join(': '), request.conceal);
  throw refusal(request.url, response, { error, said }) ?? badAnswer(request.url, response);
}

/** Printable ASCII, which a header and a SASL string can hold (RFC 6750 §2.1). */
export function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value);
}

async function post({ url, form, signal, conceal, fetch: own = fetch }: TokenRequest): Promise<Response> {
  try {
    return await own(url, {
      method: 'POST',
      body: form,
      // The connection is used about once an hour, so it is not kept alive.
      headers: { accept: 'application/json', connection: 'close' },
      redirect: 'manual',
      signal,
    });
  } catch (error) {
    throw unreachable(url, shown(causeText(error), conceal));
  }
}

async function bodyOf(response: Response, { url, conceal }: TokenRequest): Promise<string> {
  try {
    return await firstBytes(response);
  } catch (error) {
    if (MailError.is(error)) throw error;
    throw unreachable(url, shown(causeText(error), conceal));
  }
}

/** Reads at most `LARGEST_ANSWER`: a longer answer is not a token, and its JSON is then incomplete. */
async function firstBytes({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (body === null) return '';
  const stream: AsyncIterable<Uint8Array> = body;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > LARGEST_ANSWER) break;
  }
  return Buffer.concat(chunks).subarray(0, LARGEST_ANSWER).toString('utf8');
}

/** Returns the cause of "fetch failed". */
function causeText(error: unknown): string {
  const { text, code } = readFault(fieldOf(error, 'cause') ?? error);
  return code === undefined || text.includes(code) ? text : `${text} (${code})`;
}

function objectOf(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function textIn(answer: object, name: string): string | undefined {
  const value: unknown = fieldOf(answer, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Reads seconds from now, which some endpoints send as text. */
function expiryOf(answer: object, now: number): number | undefined {
  const value: unknown = fieldOf(answer, 'expires_in');
  const seconds = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof seconds === 'number' && Number.isFinite(seconds) ? now + seconds * 1000 : undefined;
}
