import { type HttpException, Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { MailQueueService } from '../mail.queue.service.js';
import { type Mailer, type Mailroom, MailService } from '../mail.service.js';
import { DEFAULT_MAILER, MAILROOM } from '../mail.tokens.js';
import { providedValues } from '../module/container.js';
import { HandlebarsRenderer } from '../render/handlebars-renderer.js';
import { refusal } from './http/refusal.js';

/** Transports that keep mail where it is instead of sending it. */
const KEEPING = new Set(['memory', 'file', 'log']);

/** The mailrooms of the application. Found in its container once they are made: the inbox is made first. */
@Injectable()
export class MailroomView {
  readonly #container: ModulesContainer;

  constructor(container: ModulesContainer) {
    this.#container = container;
  }

  get rooms(): readonly Mailroom[] {
    return providedValues(this.#container, MAILROOM).filter(isMailroom);
  }

  get mailers(): readonly Mailer[] {
    return this.rooms.flatMap(({ mailers }) => [...mailers.values()]);
  }

  /** Sends by the default mailer; undefined without one. */
  get service(): MailService | undefined {
    for (const room of this.rooms) {
      const mailer = room.mailers.get(DEFAULT_MAILER);
      if (mailer) return new MailService(room, mailer);
    }
    return undefined;
  }

  /** Of the first mailroom there is: nearly every application has one. Undefined without any. */
  get queue(): MailQueueService | undefined {
    const [room] = this.rooms;
    return room && new MailQueueService(room.queueing);
  }

  /** Makes mails of templates; undefined where the application has a renderer of its own. */
  get handlebars(): HandlebarsRenderer | undefined {
    return this.rooms
      .map(({ renderer }) => renderer)
      .find((renderer) => renderer instanceof HandlebarsRenderer);
  }

  /** The names of all templates; undefined where a template source may have more. */
  get templates(): readonly string[] | undefined {
    const renderers = this.rooms.map(({ renderer }) => renderer);
    if (renderers.some((renderer) => renderer instanceof HandlebarsRenderer && renderer.hasSources))
      return undefined;
    return renderers.flatMap((renderer) => renderer.names());
  }

  /** Whether mails of the mailer leave the application nowhere. */
  captures(name: string): boolean {
    return this.mailers.some((mailer) => mailer.name === name && KEEPING.has(mailer.transport.name));
  }
}

/** The refusal of a request that needs a mailroom. */
export function noMailModule(): HttpException {
  return refusal(404, 'There is no MailModule in this application.');
}

/** By its shape: it may come from the package's other build. */
function isMailroom(value: unknown): value is Mailroom {
  return typeof value === 'object' && value !== null && 'mailers' in value && 'queueing' in value;
}
