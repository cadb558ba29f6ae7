import { MailError } from '../../../errors/mail-error.js';
import { fieldOf, shown } from '../../remote-text.js';
import { readFault } from '../smtp-fault.js';
import type { AccessToken } from './access-token.js';
import { badAnswer, refusal, unreachable } from './token-fault.js';

/** Bytes of an answer that are read at most; tokens have a few thousand. */
const LARGEST_ANSWER = 256 * 1024;

export interface TokenRequest {
  readonly url: string;
  readonly form: URLSearchParams;
  readonly signal: AbortSignal;
  readonly clock: () => number;
  /** Hides secrets that the endpoint may quote. */
  readonly conceal: (text: string) => string;
}

export interface TokenAnswer extends AccessToken {
  /** Stands instead of the one that was used, when the endpoint rotates them (RFC 6749 §6). */
  readonly refreshToken: string | undefined;
}

/**
 * Asks a token endpoint once. Redirects are not followed: the secrets are for the address that was configured.
 * @throws {MailError} `authentication` when the endpoint refuses the credentials, else `transport-unavailable`
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

/** Fit for a header and a SASL string: printable ASCII (RFC 6750 §2.1). */
export function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value);
}

async function post({ url, form, signal, conceal }: TokenRequest): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      body: form,
      // Kept alive, the connection would outlive its one use an hour.
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

/** Reads no more than `LARGEST_ANSWER`: what is longer is no token, and its JSON ends in the middle. */
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

/** `fetch` says "fetch failed", and why in the cause. */
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

/** Seconds from now, by some endpoints as text. */
function expiryOf(answer: object, now: number): number | undefined {
  const value: unknown = fieldOf(answer, 'expires_in');
  const seconds = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof seconds === 'number' && Number.isFinite(seconds) ? now + seconds * 1000 : undefined;
}
