import { applyDecorators, Controller, UseGuards, VERSION_NEUTRAL } from '@nestjs/common';
import { InboxDoor } from './inbox-door.js';

/**
 * A controller of the inbox, below its path: the same in every version of the application's API, and
 * behind the door. Every controller of the inbox is one.
 */
export function InboxController(path: string): ClassDecorator {
  return applyDecorators(Controller({ path, version: VERSION_NEUTRAL }), UseGuards(InboxDoor));
}
