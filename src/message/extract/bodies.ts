/** The bodies of a mail; a `RenderedMessage` has them. */
export interface MailBodies {
  readonly html?: string | undefined;
  readonly text?: string | undefined;
}
