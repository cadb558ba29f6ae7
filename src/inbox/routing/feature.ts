import type { Provider, Type } from '@nestjs/common';

/** A part of the inbox, as `MailInboxModule` puts it in. */
export interface InboxFeature {
  /** Made by `InboxController`. */
  readonly controllers?: readonly Type<object>[];
  readonly providers?: readonly Provider[];
}

/** All controllers of the inbox, made. */
export const INBOX_CONTROLLERS = Symbol('nest-mailroom:inbox:controllers');
