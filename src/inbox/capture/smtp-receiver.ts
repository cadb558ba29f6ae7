import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { INBOX_OPTIONS, type ResolvedInboxOptions } from '../inbox.options.js';
import type { MailListener } from './listener.js';
import { MailCapture, MAX_SIZE } from './mail-capture.js';

/** Accepts mails of other programs over SMTP, if the option `smtp` is set. */
@Injectable()
export class SmtpReceiver implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('MailInbox');
  readonly #listener: MailListener | undefined;
  readonly #capture: MailCapture;
  #port: number | undefined;

  constructor(@Inject(INBOX_OPTIONS) { smtp }: ResolvedInboxOptions, capture: MailCapture) {
    this.#listener = smtp;
    this.#capture = capture;
  }

  /** Undefined while it does not listen. */
  get port(): number | undefined {
    return this.#port;
  }

  /** @throws {MailError} `config` if it cannot listen */
  async onApplicationBootstrap(): Promise<void> {
    if (!this.#listener) return;
    const { port } = await this.#listener.open({
      maxSize: MAX_SIZE,
      receive: (mail) => this.#capture.receive(mail),
      onFault: ({ message }) => this.#logger.warn(message),
    });
    this.#port = port;
    this.#logger.log(`The inbox takes mails of other programs on port ${port}`);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#listener?.close();
  }
}
