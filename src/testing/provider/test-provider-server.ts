import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { PROVIDERS } from '../../transport/http/providers.js';
import type {
  FakeAnswer,
  ProviderFake,
  ReceivedMail,
  ReceivedRequest,
} from '../../transport/http/fake/provider-fake.js';
import { readRequest } from './read-request.js';

/** Provider → behaviour of its server. */
const FAKES: ReadonlyMap<string, () => Promise<ProviderFake>> = new Map([
  ...PROVIDERS.map(({ name, loadFake }) => [name, loadFake] as const),
  ['ses', async () => (await import('../../transport/ses/ses.fake.js')).fake] as const,
]);

/** The answer to one mail. */
export type ProviderAnswer =
  | 'success'
  /** No answer until the caller gives up. */
  | 'silence'
  /** The connection ends before the body was read. */
  | 'reset before'
  /** The connection ends after the whole request was read. */
  | 'reset after'
  /** The status of a success, with half of its body. */
  | 'cut'
  /** An html page with status 503, as a proxy answers. */
  | 'html'
  /** A redirect to another address. */
  | 'redirect'
  /** A row of the provider's error table. */
  | { readonly error: string }
  /** A refusal of these recipients. */
  | { readonly refuse: readonly string[] }
  | FakeAnswer;

export interface TestProviderServerOptions {
  /** Answers for the first mails, one each, even if one request carries several; later mails are accepted. */
  readonly script?: readonly ProviderAnswer[] | undefined;
  /** The valid API key. @default a key of the fake */
  readonly key?: string | undefined;
}

/**
 * A server on loopback that imitates a provider's: it checks each request, keeps it, and answers by a script.
 *
 * ```ts
 * const server = await TestProviderServer.start('sendgrid', { script: [{ error: 'rateLimited' }] });
 * MailModule.forRoot({ transport: server.url });
 * // …
 * expect(server.mails).toHaveLength(1);
 * await server.close();
 * ```
 */
export class TestProviderServer {
  /** Every accepted mail, in the order of the answers. */
  readonly mails: ReceivedMail[] = [];
  /** Every request, refused ones included, but for those for access tokens. */
  readonly requests: ReceivedRequest[] = [];
  /** Faults of requests, a sentence each: empty if the transport is correct. */
  readonly problems: string[] = [];
  /** The valid API key. Setting another one revokes the last. */
  key: string;
  readonly #name: string;
  readonly #fake: ProviderFake;
  readonly #script: ProviderAnswer[];
  readonly #server: Server;
  #waiting: (() => void)[] = [];
  #standing: ProviderAnswer = 'success';
  #toProbes: FakeAnswer | undefined;

  private constructor(name: string, fake: ProviderFake, { script = [], key }: TestProviderServerOptions) {
    this.key = key ?? fake.key;
    this.#name = name;
    this.#fake = fake;
    this.#script = [...script];
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  /**
   * Starts a server on a free port.
   * @param provider the scheme of its URLs, such as `sendgrid` or `ses`
   * @throws {RangeError} for an unknown provider
   */
  static async start(provider: string, options: TestProviderServerOptions = {}): Promise<TestProviderServer> {
    const load = FAKES.get(provider);
    if (!load) throw new RangeError(`no provider ${provider}: ${[...FAKES.keys()].join(', ')}`);
    const server = new TestProviderServer(provider, await load(), options);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  /** Its base URL, for `endpoint=` of a provider's URL. */
  get endpoint(): string {
    const address = this.#server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return `http://127.0.0.1:${port}`;
  }

  /** The URL for `transport` and MAIL_URL. */
  get url(): string {
    const { parameters: own, tokens } = this.#fake;
    const tokenUrl = tokens && { tokenUrl: `${this.endpoint}${tokens.path}` };
    const parameters = new URLSearchParams({ ...own, ...tokenUrl, endpoint: this.endpoint });
    const key = inUrl(this.key);
    const authority = this.#fake.authority?.(key) ?? `${key}@default`;
    return `${this.#name}://${authority}?${parameters.toString()}`;
  }

  /** Names for `{ error: … }`. */
  get errors(): readonly string[] {
    return Object.keys(this.#fake.errors);
  }

  /** Adds answers to the script, one for each mail. */
  play(...answers: readonly ProviderAnswer[]): void {
    this.#script.push(...answers);
  }

  /** Answers every mail beyond the script this way, until the next call. */
  always(answer: ProviderAnswer): void {
    this.#standing = answer;
  }

  /** Answers requests that send no mail this way. @default the answer to a key that may only send */
  alwaysToProbes(answer: FakeAnswer): void {
    this.#toProbes = answer;
  }

  /** Resolves when the next request has arrived in full. */
  reached(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Closes the server and every connection. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { tokens } = this.#fake;
    const isForToken = tokens !== undefined && message.url === tokens.path;
    const isPlanned = message.method === 'POST' && !isForToken;
    if (isPlanned && this.#script[0] === 'reset before') {
      this.#script.shift();
      message.socket.destroy();
      return;
    }
    const request = await readRequest(message).catch(() => undefined);
    if (!request) return;
    if (isForToken) return write(response, tokens.answer(request, this.key));
    this.requests.push(request);
    this.#tellWaiting();
    this.#reply(request, response);
  }

  #tellWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #reply(request: ReceivedRequest, response: ServerResponse): void {
    const fake = this.#fake;
    if (!fake.isAuthorized(request, this.key)) return write(response, this.#named('unauthorized'));
    if (!fake.isMail(request)) return write(response, this.#toProbes ?? fake.probe(request));
    const parts = fake.batch?.split(request);
    const problems = parts ? this.#problemsOf(parts) : fake.problemsOf(request);
    this.problems.push(...problems);
    if (problems.length > 0) return write(response, fake.invalid(problems));
    if (parts) return this.#playEach(parts, response);
    this.#play(this.#script.shift() ?? this.#standing, { request, ...fake.read(request) }, response);
  }

  #problemsOf(parts: readonly ReceivedRequest[]): readonly string[] {
    const isFit = parts.length > 0 && parts.length <= (this.#fake.batch?.most ?? 0);
    const problems = parts.flatMap((part) => this.#fake.problemsOf(part));
    return [...(isFit ? [] : [`it has ${parts.length} mails`]), ...problems];
  }

  /** Gives each mail its own answer of the script, unless one is an answer to the whole request. */
  #playEach(parts: readonly ReceivedRequest[], response: ServerResponse): void {
    const planned = parts.map((_part, index) => this.#script[index] ?? this.#standing);
    const whole = planned.find((answer) => !this.#isOfOne(answer));
    if (whole === undefined || whole === 'cut') {
      this.#script.splice(0, parts.length);
      const answer = this.#joined(parts, planned);
      return whole === 'cut' ? cut(answer, response) : write(response, answer);
    }
    const place = this.#script.indexOf(whole);
    if (place >= 0) this.#script.splice(place, 1);
    const recipients = parts.flatMap((part) => this.#fake.read(part).recipients);
    const [request] = parts;
    if (request) this.#play(whole, { request, recipients, messageId: undefined }, response);
  }

  #joined(parts: readonly ReceivedRequest[], planned: readonly ProviderAnswer[]): FakeAnswer {
    const answers = parts.map((request, index) => {
      const mail = { request, ...this.#fake.read(request) };
      return this.#answerTo(mail, planned[index] ?? 'success');
    });
    return this.#fake.batch?.join(answers) ?? { status: 500 };
  }

  #isOfOne(answer: ProviderAnswer): boolean {
    if (typeof answer === 'string') return answer === 'success';
    if ('refuse' in answer) return true;
    return this.#fake.batch?.isOfOne('error' in answer ? this.#named(answer.error) : answer) ?? false;
  }

  #play(answer: ProviderAnswer, mail: ReceivedMail, response: ServerResponse): void {
    if (answer === 'silence') return;
    if (answer === 'reset before' || answer === 'reset after') return void response.socket?.destroy();
    if (answer === 'cut') return cut(this.#take(mail), response);
    if (answer === 'html') return write(response, { status: 503, body: '<html><body>Busy</body></html>' });
    if (answer === 'redirect') {
      return write(response, { status: 307, headers: { location: `${this.endpoint}/elsewhere` } });
    }
    write(response, this.#answerTo(mail, answer));
  }

  #answerTo(mail: ReceivedMail, answer: ProviderAnswer): FakeAnswer {
    if (typeof answer === 'string') return this.#take(mail);
    if ('error' in answer) return this.#named(answer.error);
    return 'refuse' in answer ? this.#refuse(mail, answer.refuse) : answer;
  }

  #take(mail: ReceivedMail): FakeAnswer {
    this.mails.push(mail);
    return this.#fake.success(mail, this.mails.length);
  }

  #refuse(mail: ReceivedMail, addresses: readonly string[]): FakeAnswer {
    const answer = this.#fake.refusal(mail, addresses, this.mails.length + 1);
    const left = mail.recipients.filter((address) => !addresses.includes(address));
    if (answer.status < 300 && left.length > 0) this.mails.push({ ...mail, recipients: left });
    return answer;
  }

  /** @throws {RangeError} for a row that the error table lacks */
  #named(name: string): FakeAnswer {
    const answer = Object.hasOwn(this.#fake.errors, name) ? this.#fake.errors[name] : undefined;
    if (answer) return answer;
    throw new RangeError(`no error ${name}: ${this.errors.join(', ')}`);
  }
}

/** Writes half of an answer and ends the connection. */
function cut({ status, headers, body }: FakeAnswer, response: ServerResponse): void {
  const text = textOf(body);
  response.writeHead(status, { ...headers, 'content-length': text.length + 100 });
  response.write(text.slice(0, Math.ceil(text.length / 2)), () => response.socket?.destroy());
}

/** Encodes parentheses too: programs that find URLs in a text stop at them. */
const inUrl = (key: string): string =>
  encodeURIComponent(key).replace(/[()]/g, (character) => (character === '(' ? '%28' : '%29'));

function write(response: ServerResponse, { status, headers, body }: FakeAnswer): void {
  const type = typeof body === 'object' ? 'application/json' : 'text/plain';
  response.writeHead(status, { 'content-type': type, ...headers }).end(textOf(body));
}

const textOf = (body: FakeAnswer['body']): string =>
  typeof body === 'object' ? JSON.stringify(body) : (body ?? '');
