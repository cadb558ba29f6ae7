/** @param login user and password, with a colon between them (RFC 7617) */
export function basicLogin(login: string): Readonly<Record<string, string>> {
  return { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
}
