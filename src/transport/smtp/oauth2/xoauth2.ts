import type {
  CustomAuthenticationContext,
  CustomAuthenticationResponse,
} from 'nodemailer/lib/smtp-connection';
import { MailError } from '../../../errors/mail-error.js';
import type { TokenSource } from './token-source.js';

/** The one mechanism that both Google and Microsoft take. */
export const XOAUTH2 = 'XOAUTH2';

type Login = (context: CustomAuthenticationContext) => Promise<true>;

/**
 * Logs a connection in with an access token. A token that the server refuses is renewed once, also when
 * it was still to last: its issuer may have revoked it.
 */
export function xoauth2Login(user: string, tokens: TokenSource): Login {
  return async (context) => {
    const { authMethods } = context;
    if (!authMethods.includes(XOAUTH2))
      throw new Error(`It offers ${authMethods.join(', ') || 'no login'}, and no ${XOAUTH2}`);
    const token = await orFault(tokens.current());
    if (await isAccepted(context, saslOf(user, token))) return true;
    const other = await orFault(tokens.after(token));
    if (other !== token && (await isAccepted(context, saslOf(user, other)))) return true;
    // nodemailer adds what the server said.
    throw new Error('Invalid login');
  };
}

/** What the server is sent, in base64. */
export function saslOf(user: string, token: string): string {
  return Buffer.from(`user=${user}\x01auth=Bearer ${token}\x01\x01`).toString('base64');
}

/**
 * @returns false when the server refused the token
 * @throws {Error} when it refused something else
 */
async function isAccepted(context: CustomAuthenticationContext, sasl: string): Promise<boolean> {
  const first = codeOf(await context.sendCommand(`AUTH ${XOAUTH2} ${sasl}`));
  // A refusal may come with its reasons first (in base64), which want an empty line.
  const last = first === 334 ? codeOf(await context.sendCommand('')) : first;
  if (last === 235) return true;
  if (first === 334 || last === 535) return false;
  throw new Error('Invalid login');
}

/** Of an answer of several lines, too, where nodemailer reads none. */
const codeOf = ({ response }: CustomAuthenticationResponse): number => Number.parseInt(response, 10);

/** A failure to get a token, on its way through nodemailer, which writes its own code into errors. */
class TokenFault extends Error {
  override readonly cause: MailError;

  constructor(cause: MailError) {
    super(cause.message);
    this.cause = cause;
  }
}

async function orFault(token: Promise<string>): Promise<string> {
  try {
    return await token;
  } catch (error) {
    throw MailError.is(error) ? new TokenFault(error) : error;
  }
}

/** The failure to get a token that an attempt ended with. */
export function tokenFaultOf(error: unknown): MailError | undefined {
  return error instanceof TokenFault ? error.cause : undefined;
}
