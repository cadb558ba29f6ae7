import { applyDecorators, type ExecutionContext, Injectable, SetMetadata, UseGuards } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { InboxGuard } from '../safety/inbox-guard.js';

const IS_INBOX = 'nest-mailroom:inbox';
const PATH = 'nest-mailroom:inbox:path';

/**
 * A controller of the inbox, below its path. To Nest it is a provider, whose routes `InboxRoutes` mounts: so
 * it is in no list of the application's controllers, as Swagger and the log of the boot have them.
 */
export function InboxController(path: string): ClassDecorator {
  return applyDecorators(
    Injectable(),
    UseGuards(InboxGuard),
    SetMetadata(PATH, path),
    SetMetadata(IS_INBOX, true),
  );
}

/** Below the inbox's own. */
export function controllerPath(controller: object): string {
  return new Reflector().get<string | undefined>(PATH, controller.constructor) ?? '';
}

/**
 * Whether a request is one to the inbox: for global guards that shall let it in. `if (isMailInbox(context))
 * return true;` The inbox's own option `guard` is asked all the same.
 */
export function isMailInbox(context: ExecutionContext): boolean {
  return new Reflector().get<boolean | undefined>(IS_INBOX, context.getClass()) === true;
}
