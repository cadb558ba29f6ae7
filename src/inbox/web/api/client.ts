/** Sent with every write and with the event stream; no other site's page can send it. */
export const INBOX_HEADER: Readonly<Record<string, string>> = { 'x-mail-inbox': '1' };

/** An error answer of the API. */
export class ApiError extends Error {
  /** 0 where there was no answer. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

type Query = Readonly<Record<string, string | number | undefined>>;

/** Address of something of the API. Names may hold slashes. */
export function apiUrl(path: string, query: Query = {}): string {
  const url = new URL(`api/${path.split('/').map(encodeURIComponent).join('/')}`, document.baseURI);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') url.searchParams.set(name, String(value));
  }
  return url.href;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

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

/** The server has the same version as this page, so its answers have the expected shape. */
interface Answer<Shape> {
  json(): Promise<Shape>;
}

/** Reads something. @throws {ApiError} */
export async function get<Shape>(path: string, query?: Query, signal?: AbortSignal): Promise<Shape> {
  const answer: Answer<Shape> = await answerTo(apiUrl(path, query), signal === undefined ? {} : { signal });
  return answer.json();
}

/** Reads something as it stands. @throws {ApiError} */
export async function getText(path: string, signal?: AbortSignal): Promise<string> {
  return (await answerTo(apiUrl(path), signal === undefined ? {} : { signal })).text();
}

type Write = 'POST' | 'PATCH' | 'DELETE';

/** Changes something whose answer does not matter. @throws {ApiError} */
export async function write(method: Write, path: string, body?: object): Promise<Response> {
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  const init: RequestInit = { method, headers: { ...INBOX_HEADER, ...json } };
  return answerTo(apiUrl(path), body === undefined ? init : { ...init, body: JSON.stringify(body) });
}

/** Asks for something to be done, and reads what came of it. @throws {ApiError} */
export async function post<Shape>(path: string, body: object): Promise<Shape> {
  const answer: Answer<Shape> = await write('POST', path, body);
  return answer.json();
}
