/** Required for writes and for the event stream; pages of other sites cannot send it. */
export const INBOX_HEADER: Readonly<Record<string, string>> = { 'x-mail-inbox': '1' };

/** An error response of the API. */
export class ApiError extends Error {
  /** HTTP status; 0 if there was no response. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

type Query = Readonly<Record<string, string | number | undefined>>;

/** URL of an API resource; names in `path` may contain slashes. */
export function apiUrl(path: string, query: Query = {}): string {
  const url = new URL(`api/${path.split('/').map(encodeURIComponent).join('/')}`, document.baseURI);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') url.searchParams.set(name, String(value));
  }
  return url.href;
}

export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

async function answerTo(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init).catch((cause: unknown) => {
    if (init.signal?.aborted) throw cause;
    throw new ApiError(0, 'The application does not answer. Is it running?');
  });
  if (!response.ok) throw new ApiError(response.status, await messageOf(response));
  return response;
}

async function messageOf(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => undefined);
  const said = isObject(body) && 'message' in body ? body.message : undefined;
  return typeof said === 'string' ? said : `The application answered ${response.status}.`;
}

/** Asserts the shape of an answer without checking it: server and page have the same version. */
interface JsonAnswer<Shape> {
  json(): Promise<Shape>;
}

/** Requests JSON. @throws {ApiError} */
export async function get<Shape>(path: string, query?: Query, signal?: AbortSignal): Promise<Shape> {
  const answer: JsonAnswer<Shape> = await answerTo(apiUrl(path, query), { signal: signal ?? null });
  return answer.json();
}

/** Requests text. @throws {ApiError} */
export async function getText(path: string, signal?: AbortSignal): Promise<string> {
  return (await answerTo(apiUrl(path), { signal: signal ?? null })).text();
}

type Write = 'POST' | 'PATCH' | 'DELETE';

/** Sends a change and ignores the body of the answer. @throws {ApiError} */
export async function write(method: Write, path: string, body?: object): Promise<Response> {
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  const init: RequestInit = { method, headers: { ...INBOX_HEADER, ...json } };
  return answerTo(apiUrl(path), body === undefined ? init : { ...init, body: JSON.stringify(body) });
}

/** Posts JSON and returns the JSON answer. @throws {ApiError} */
export async function post<Shape>(path: string, body: object): Promise<Shape> {
  const answer: JsonAnswer<Shape> = await write('POST', path, body);
  return answer.json();
}
