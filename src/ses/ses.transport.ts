import {
  GetAccountCommand,
  type GetAccountCommandOutput,
  SendEmailCommand,
  type SendEmailCommandInput,
  SESv2Client,
} from '@aws-sdk/client-sesv2';
import { abortError, throwIfAborted, untilAborted } from '../errors/abort.js';
import { MailError, type MailOutcome, fieldOf } from '../errors/mail-error.js';
import { asciiAddress } from '../message/address/address.js';
import type { RenderedMessage } from '../message/message.js';
import type { Receipt } from '../message/receipt.js';
import { composeMime } from '../mime/compose-mime.js';
import { closedError } from '../transport/closed.js';
import { checkFields } from '../transport/http/field-rules.js';
import { LONG_PAUSE } from '../transport/http/http-fault.js';
import type { Clock } from '../transport/resources.js';
import { Secrets } from '../transport/smtp/secrets.js';
import type { AccountRate, AttemptOptions, Transport } from '../transport/transport.js';
import { classifySesError, statusOf } from './ses-fault.js';
import { SesLogin } from './ses-login.js';
import { emailTags, hasNames, RULES } from './ses-rules.js';
import type { SesAccount } from './ses-url.js';

/** Bound for the account's rate: that of a rate limit; no account is faster. */
const MOST_IN_A_SECOND = 100_000;

const SES = { name: 'ses', title: 'Amazon SES' };

export interface SesTransportOptions {
  /** Your own client, with its credentials, proxy and authorities. It stays open; each mail is one attempt of it. */
  readonly client?: SESv2Client | undefined;
  readonly clock?: Clock | undefined;
}

/** Hands finished messages to Amazon SES over version 2 of its API. Each attempt is one request: the SDK's retries are off. */
export class SesTransport implements Transport {
  readonly name = SES.name;
  readonly target: string;
  readonly #account: SesAccount;
  readonly #client: SESv2Client;
  readonly #isOurs: boolean;
  readonly #clock: Clock;
  readonly #secrets: Secrets;
  readonly #login: SesLogin;
  readonly #underWay = new Set<AbortController>();
  #isClosed = false;

  constructor(account: SesAccount, { client, clock = Date.now }: SesTransportOptions = {}) {
    this.target = account.endpoint ?? `email.${account.region}.amazonaws.com`;
    this.#account = account;
    this.#isOurs = client === undefined;
    this.#client = client ?? clientOf(account);
    this.#clock = clock;
    const { accessKeyId, secretAccessKey } = account.credentials ?? {};
    this.#secrets = new Secrets({ others: [accessKeyId, secretAccessKey] });
    this.#login = new SesLogin(this.#client, this.#secrets);
  }

  check(message: RenderedMessage): void {
    checkFields(message, RULES, SES);
  }

  async send(message: RenderedMessage, { signal }: AttemptOptions): Promise<Receipt> {
    this.#throwIfClosed();
    throwIfAborted(signal);
    this.check(message);
    const startedAt = this.#clock();
    const input = await this.#inputOf(message);
    const answer = await this.#run(
      signal,
      'unknown',
      (abortSignal) => this.#ask(input, abortSignal),
      hasNames(message),
    );
    const { messageId, envelope } = message;
    return {
      messageId,
      transport: this.name,
      accepted: envelope.to,
      rejected: [],
      ...(answer.MessageId !== undefined && { providerId: answer.MessageId }),
      durationMs: this.#clock() - startedAt,
    };
  }

  async verify({ signal }: AttemptOptions): Promise<void> {
    this.#throwIfClosed();
    throwIfAborted(signal);
    try {
      const { SendingEnabled } = await this.#askAccount(signal);
      if (SendingEnabled !== false) return;
    } catch (error) {
      // A key that may send and nothing else.
      if (fieldOf(fieldOf(error, 'cause'), 'name') === 'AccessDeniedException') return;
      throw error;
    }
    throw new MailError('rate-limited', 'Amazon SES: sending is paused for this account and region.', {
      retryAfterMs: LONG_PAUSE,
    });
  }

  /** Asks `GetAccount`, which a key that may only send is denied. */
  async accountRate({ signal }: AttemptOptions): Promise<AccountRate> {
    this.#throwIfClosed();
    throwIfAborted(signal);
    const { SendQuota: { MaxSendRate = 0 } = {} } = await this.#askAccount(signal);
    if (!(MaxSendRate > 0))
      throw new MailError('transport-unavailable', 'Amazon SES did not say the rate of the account.');
    const max = Math.min(Math.max(1, Math.floor(MaxSendRate)), MOST_IN_A_SECOND);
    return { max, per: Math.ceil((1_000 * max) / MaxSendRate), count: 'recipients' };
  }

  #askAccount(signal: AbortSignal): Promise<GetAccountCommandOutput> {
    return this.#run(signal, 'not-sent', (abortSignal) =>
      this.#client.send(new GetAccountCommand({}), { abortSignal }),
    );
  }

  close(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#isClosed = true;
    for (const attempt of this.#underWay) attempt.abort();
    if (this.#isOurs) this.#client.destroy();
    return Promise.resolve();
  }

  /** Treats a success with a truncated body as a success, although the SDK throws. */
  async #ask(
    input: SendEmailCommandInput,
    abortSignal: AbortSignal,
  ): Promise<{ MessageId?: string | undefined }> {
    try {
      return await this.#client.send(new SendEmailCommand(input), { abortSignal });
    } catch (error) {
      const status = statusOf(error) ?? 0;
      if (status >= 200 && status < 300) return {};
      throw error;
    }
  }

  async #run<T>(
    signal: AbortSignal,
    outcome: MailOutcome,
    ask: (signal: AbortSignal) => Promise<T>,
    isNaming = false,
  ): Promise<T> {
    const attempt = new AbortController();
    const abort = () => attempt.abort();
    signal.addEventListener('abort', abort, { once: true });
    this.#underWay.add(attempt);
    const onAbort = () => (this.#isClosed ? closedError(this.name) : abortError(signal));
    try {
      await untilAborted(this.#login.ready(), attempt.signal, onAbort);
      return await ask(attempt.signal);
    } catch (error) {
      throw MailError.is(error) ? error : this.#failure(error, signal, outcome, isNaming);
    } finally {
      this.#underWay.delete(attempt);
      signal.removeEventListener('abort', abort);
    }
  }

  #failure(error: unknown, signal: AbortSignal, outcome: MailOutcome, isNaming: boolean): MailError {
    const isAbort = fieldOf(error, 'name') === 'AbortError';
    if (isAbort && this.#isClosed) return closedError(this.name, outcome);
    if (isAbort && signal.aborted) return abortError(signal, outcome);
    const telling = {
      title: SES.title,
      now: this.#clock(),
      conceal: (text: string) => this.#secrets.conceal(text),
      isNaming,
    };
    const found = classifySesError(error, telling);
    const { code, message, retryable, scope, retryAfterMs } = found;
    const cause = { name: fieldOf(error, 'name') };
    const known = outcome === 'not-sent' ? outcome : found.outcome;
    return new MailError(
      code === 'ambiguous' && known === 'not-sent' ? 'transport-unavailable' : code,
      message,
      {
        retryable,
        scope,
        retryAfterMs,
        outcome: known,
        cause,
      },
    );
  }

  /** Leaves out From and Reply-To, which would replace the message's own. */
  async #inputOf(message: RenderedMessage): Promise<SendEmailCommandInput> {
    const { envelope, from } = message;
    const options = message.provider?.['ses'] ?? {};
    const tags = emailTags(message, options['emailTags']);
    const set = textOf(options['configurationSet']) ?? this.#account.configurationSet;
    const list = options['listManagement'];
    return {
      Destination: { ToAddresses: [...envelope.to] },
      Content: { Raw: { Data: await composeMime(message) } },
      ...(envelope.from !== asciiAddress(from.address) && { FeedbackForwardingEmailAddress: envelope.from }),
      ...(set !== undefined && { ConfigurationSetName: set }),
      ...(tags.length > 0 && { EmailTags: tags }),
      ...named('TenantName', options['tenantName']),
      ...named('FromEmailAddressIdentityArn', options['fromEmailAddressIdentityArn']),
      ...(list !== undefined && {
        ListManagementOptions: {
          ContactListName: textOf(fieldOf(list, 'contactListName')),
          TopicName: textOf(fieldOf(list, 'topicName')),
        },
      }),
    };
  }

  #throwIfClosed(): void {
    if (this.#isClosed) throw closedError(this.name);
  }
}

function clientOf({ region, credentials, endpoint }: SesAccount): SESv2Client {
  return new SESv2Client({
    region,
    // A retry of the client's own could send the mail twice.
    maxAttempts: 1,
    ...(credentials && { credentials }),
    ...(endpoint !== undefined && { endpoint }),
  });
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const named = (name: string, value: unknown): object => (typeof value === 'string' ? { [name]: value } : {});
