/** What is read of a mail; a `RenderedMessage` is one. */
export interface MailBodies {
  readonly html?: string | undefined;
  readonly text?: string | undefined;
}
