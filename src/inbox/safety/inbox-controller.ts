import {
  applyDecorators,
  Controller,
  type ExecutionContext,
  SetMetadata,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { InboxDoor } from './inbox-door.js';

const IS_INBOX = 'nest-mailroom:inbox';

/**
 * A controller of the inbox, below its path: the same in every version of the application's API, and
 * behind the door. Every controller of the inbox is one.
 */
export function InboxController(path: string): ClassDecorator {
  return applyDecorators(
    Controller({ path, version: VERSION_NEUTRAL }),
    UseGuards(InboxDoor),
    SetMetadata(IS_INBOX, true),
  );
}

/**
 * Whether a request is one to the inbox. Nest runs the application's global interceptors before it too: one
 * that wraps every answer (`{ data }`) breaks its page, and one that ends what takes long breaks its stream
 * of events and `wait`. Let them pass: `if (isMailInbox(context)) return next.handle();`
 */
export function isMailInbox(context: ExecutionContext): boolean {
  return new Reflector().get<boolean | undefined>(IS_INBOX, context.getClass()) === true;
}
