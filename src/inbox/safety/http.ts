/** What is read of a request, of Express and of Fastify alike. */
export interface InboxRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** What is done to a response, of Express and of Fastify alike. */
export interface InboxReply {
  header(name: string, value: string): unknown;
  status(code: number): unknown;
}

/** A header that is there once. */
export function headerOf({ headers }: InboxRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
