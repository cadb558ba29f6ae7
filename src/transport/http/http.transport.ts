import { throwIfAborted } from '../../errors/abort.js';
import { MailError, withTraits } from '../../errors/mail-error.js';
import type { RenderedMessage } from '../../message/message.js';
import type { Receipt } from '../../message/receipt.js';
import { closedError } from '../closed.js';
import type { Clock } from '../resources.js';
import { tokenFetcher } from '../smtp/oauth2/fetch-token.js';
import { TokenSource } from '../smtp/oauth2/token-source.js';
import { Secrets } from '../smtp/secrets.js';
import type { AttemptOptions, Transport } from '../transport.js';
import { AttemptSum } from './attempt-sum.js';
import { BatchClient } from './batch-client.js';
import { checkFields } from './field-rules.js';
import type { HttpAnswer } from './http-answer.js';
import { type Fetch, HttpClient } from './http-client.js';
import { faultOf } from './http-fault.js';
import type { Account, Provider, ProviderCall } from './provider.js';

/** Names a provider; its code is loaded when first needed. */
export interface ProviderEntry {
  /** The scheme of its URLs, the key of its options on a mail, and the transport's name. */
  readonly name: string;
  /** Its name as its makers write it. */
  readonly title: string;
  readonly load: () => Promise<Provider>;
}

export interface HttpTransportOptions {
  readonly fetch?: Fetch | undefined;
  readonly clock?: Clock | undefined;
}

/** Milliseconds for one request for an access token. */
const TOKEN_TIMEOUT_MS = 30_000;

/**
 * Hands mails to a provider over its HTTP interface: one request for each attempt, or for each recipient that needs its
 * own.
 */
export class HttpTransport implements Transport {
  readonly name: string;
  readonly target: string;
  readonly #entry: ProviderEntry;
  readonly #account: Account;
  readonly #secrets: Secrets;
  readonly #clock: Clock;
  readonly #fetch: Fetch;
  #provider: Provider | undefined;
  #talk: Talk | undefined;
  #isClosed = false;

  constructor(
    entry: ProviderEntry,
    account: Account,
    { fetch: own, clock = Date.now }: HttpTransportOptions = {},
  ) {
    this.name = entry.name;
    this.target = new URL(account.endpoint).host;
    this.#entry = entry;
    this.#account = account;
    const [id = ''] = account.key.split(':');
    this.#secrets = new Secrets({ others: [account.key, id, account.key.slice(id.length + 1)] });
    this.#clock = clock;
    this.#fetch = own ?? fetch;
  }

  /** Loads the provider's code, which `check` needs. */
  async load(): Promise<Provider> {
    this.#provider ??= await this.#entry.load();
    return this.#provider;
  }

  check(message: RenderedMessage): void {
    if (this.#provider) checkFields(message, this.#provider.rules, this.#entry);
  }

  async send(message: RenderedMessage, options: AttemptOptions): Promise<Receipt> {
    const talk = await this.#ready(options.signal);
    checkFields(message, talk.provider.rules, this.#entry);
    const startedAt = this.#clock();
    const sum = new AttemptSum(this.name, message);
    for (const call of await talk.provider.calls(message, this.#account)) {
      if (sum.isOver) sum.skip(call);
      else await this.#attempt(talk, call, options, sum);
    }
    return sum.receipt(this.#clock() - startedAt);
  }

  async verify({ signal }: AttemptOptions): Promise<void> {
    const { http, provider } = await this.#ready(signal);
    const { probe } = provider;
    const answer = await http.ask(probe.request(this.#account), signal, 'not-sent');
    if (probe.isGood?.(answer) ?? isSuccess(answer)) return;
    throw withTraits(this.#fault(provider, answer, undefined), { outcome: 'not-sent' });
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#talk?.batches?.close();
    this.#talk?.http.close();
    return Promise.resolve();
  }

  async #ready(signal: AbortSignal): Promise<Talk> {
    this.#throwIfClosed();
    throwIfAborted(signal);
    const provider = await this.load();
    this.#throwIfClosed();
    this.#talk ??= this.#talkTo(provider);
    return this.#talk;
  }

  #talkTo(provider: Provider): Talk {
    const { title } = this.#entry;
    const http = new HttpClient({
      title,
      transport: this.name,
      endpoint: this.#account.endpoint,
      headers: provider.headers(this.#account),
      fetch: this.#fetch,
      conceal: (text) => this.#secrets.conceal(text),
      tokens: this.#tokensOf(provider),
    });
    const { batch } = provider;
    const batches =
      batch &&
      new BatchClient({
        batch,
        http,
        title,
        transport: this.name,
        askAlone: (call, signal) => askAlone({ http, provider }, call, signal),
        blamesMail: (answer) => isOfMail(this.#fault(provider, answer, undefined)),
      });
    return { http, provider, batches };
  }

  #tokensOf(provider: Provider): TokenSource | undefined {
    const origin = provider.tokenGrant?.(this.#account);
    if (!origin) return undefined;
    const fetchToken = tokenFetcher(
      { user: '', origin },
      {
        clock: this.#clock,
        conceal: (text) => this.#secrets.conceal(text),
        onSecret: (secret) => this.#secrets.learn(secret),
        fetch: this.#fetch,
      },
    );
    return new TokenSource({
      fetch: (signal) => fetchToken(signal).catch(refuseKey),
      timeout: TOKEN_TIMEOUT_MS,
      clock: this.#clock,
      transport: this.name,
    });
  }

  async #attempt(talk: Talk, call: ProviderCall, options: AttemptOptions, sum: AttemptSum): Promise<void> {
    const { provider } = talk;
    try {
      const answer = await ask(talk, call, options);
      if (provider.isSuccess?.(answer) ?? isSuccess(answer))
        sum.accept(call, provider.accepted(answer, call));
      else sum.refuse(call, this.#fault(provider, answer, call));
    } catch (error) {
      if (!MailError.is(error)) throw error;
      sum.refuse(call, error);
    }
  }

  #fault(provider: Provider, answer: HttpAnswer, call: ProviderCall | undefined): MailError {
    const { title } = this.#entry;
    const telling = { title, now: this.#clock(), conceal: (text: string) => this.#secrets.conceal(text) };
    return repeatable(
      faultOf({ answer, ...provider.refused(answer, call) }, telling),
      answer.isShared ? undefined : provider.repeatableForMs,
    );
  }

  #throwIfClosed(): void {
    if (this.#isClosed) throw closedError(this.name);
  }
}

interface Talk {
  readonly http: HttpClient;
  readonly provider: Provider;
  /** Undefined if the provider takes only one mail in a request. */
  readonly batches?: BatchClient | undefined;
}

/** A mail that the provider may recognise by its key must go alone. */
function ask(
  talk: Talk,
  call: ProviderCall,
  { signal, isFirst = false }: AttemptOptions,
): Promise<HttpAnswer> {
  const { batches, provider } = talk;
  const mayBeKnown = provider.repeatableForMs !== undefined && !isFirst;
  return batches && !call.isAlone && !mayBeKnown ? batches.ask(call, signal) : askAlone(talk, call, signal);
}

async function askAlone(
  { http, provider }: Talk,
  call: ProviderCall,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  try {
    return await http.ask(call.request, signal, 'unknown');
  } catch (error) {
    throw MailError.is(error) ? repeatable(error, provider.repeatableForMs) : error;
  }
}

/** @throws the error, with the place of the key if that was refused */
function refuseKey(error: unknown): never {
  if (!MailError.is(error) || error.code !== 'authentication') throw error;
  const where = 'The two parts of the key are id and secret of the client: in its URL, or as MAIL_API_KEY.';
  throw new MailError(error.code, `${error.message.replace(/\.?$/, '.')} ${where}`, { cause: error });
}

const isOfMail = ({ scope }: MailError): boolean => scope === 'mail' || scope === 'recipient';

const isSuccess = ({ status }: HttpAnswer): boolean => status >= 200 && status < 300;

/** Adds the time for which this provider recognises the mail to an error with an unknown outcome. */
function repeatable(error: MailError, repeatableForMs: number | undefined): MailError {
  if (error.outcome !== 'unknown' || repeatableForMs === undefined) return error;
  return withTraits(error, { repeatableForMs });
}
