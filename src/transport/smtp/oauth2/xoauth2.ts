import type {
  CustomAuthenticationContext,
  CustomAuthenticationResponse,
} from 'nodemailer/lib/smtp-connection';
import { MailError } from '../../../errors/mail-error.js';
import type { TokenSource } from './token-source.js';

/** The only mechanism that both Google and Microsoft accept. */
export const XOAUTH2 = 'XOAUTH2';

type TokenLogin = (context: CustomAuthenticationContext) => Promise<true>;

/**
 * Logs a connection in with an access token. A refused token is renewed once, even if it had not ended: its issuer may
 * have revoked it.
 */
export function xoauth2Login(user: string, tokens: TokenSource): TokenLogin {
  return async (context) => {
    const { authMethods } = context;
    if (!authMethods.includes(XOAUTH2))
      throw new Error(`It offers ${authMethods.join(', ') || 'no login'}, and no ${XOAUTH2}`);
    const token = await orFault(tokens.current());
    if (await isAccepted(context, saslOf(user, token))) return true;
    const other = await orFault(tokens.after(token));
    if (other !== token && (await isAccepted(context, saslOf(user, other)))) return true;
    // nodemailer adds the reply of the server.
    throw new Error('Invalid login');
  };
}

/** Returns the initial response, in base64. */
export function saslOf(user: string, token: string): string {
  return Buffer.from(`user=${user}\x01auth=Bearer ${token}\x01\x01`).toString('base64');
}

/**
 * @returns false if the server refused the token
 * @throws {Error} for any other refusal
 */
async function isAccepted(context: CustomAuthenticationContext, sasl: string): Promise<boolean> {
  const first = codeOf(await context.sendCommand(`AUTH ${XOAUTH2} ${sasl}`));
  // A refusal may begin with its reasons (in base64), which need an empty line as the answer.
  const last = first === 334 ? codeOf(await context.sendCommand('')) : first;
  if (last === 235) return true;
  if (first === 334 || last === 535) return false;
  throw new Error('Invalid login');
}

/** Also reads the code of an answer of several lines, which nodemailer does not. */
const codeOf = ({ response }: CustomAuthenticationResponse): number => Number.parseInt(response, 10);

/** Wraps the failure to get a token, because nodemailer writes its own code into errors. */
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

/** Returns the failure to get a token that ended an attempt. */
export function tokenFaultOf(error: unknown): MailError | undefined {
  return error instanceof TokenFault ? error.cause : undefined;
}
