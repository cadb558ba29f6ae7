import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ENVIRONMENT } from '../../options/config.js';
import type { MailEnvironment } from '../../options/options.js';
import { refusal } from '../http/reply.js';
import { LiveEvents } from '../live/live-events.js';
import { MailroomView } from '../mailroom-view.js';
import { followTemplates } from './template-changes.js';
import { TemplateGallery } from './template-gallery.js';

/** Gives access to the application's templates, and publishes an event for each template that a save changed. */
@Injectable()
export class Gallery implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #mailroom: MailroomView;
  readonly #events: LiveEvents;
  readonly #dir: string;
  #stop: (() => void) | undefined;

  constructor(
    mailroom: MailroomView,
    events: LiveEvents,
    @Inject(ENVIRONMENT) { surroundings }: MailEnvironment,
  ) {
    this.#mailroom = mailroom;
    this.#events = events;
    this.#dir = surroundings.workingDir;
  }

  /** @throws {HttpException} 404 if the application has a renderer of its own */
  opened(): TemplateGallery {
    const renderer = this.#mailroom.handlebars;
    if (renderer) return new TemplateGallery({ renderer, dir: this.#dir, now: () => new Date() });
    throw refusal(
      404,
      'The gallery shows Handlebars templates, and this application has a renderer of its own.',
    );
  }

  onApplicationBootstrap(): void {
    const renderer = this.#mailroom.handlebars;
    this.#stop = renderer && followTemplates(renderer, (names) => this.#tell(names));
  }

  onApplicationShutdown(): void {
    this.#stop?.();
  }

  #tell(names: readonly string[]): void {
    for (const name of names) this.#events.publish('template', { name });
  }
}
