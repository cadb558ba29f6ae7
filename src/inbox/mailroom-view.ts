import { type HttpException, Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { MailQueueService } from '../mail.queue.service.js';
import { type Mailer, type Mailroom, MailService, sourceOf } from '../mail.service.js';
import { DEFAULT_MAILER, MAILROOM } from '../mail.tokens.js';
import { isObject } from '../message/values/fields.js';
import { providedValues } from '../module/container.js';
import { HandlebarsRenderer } from '../render/handlebars-renderer.js';
import { refusal } from './http/reply.js';

/** The mailrooms of the application. Looks them up on each access, since they are created after the inbox. */
@Injectable()
export class MailroomView {
  readonly #container: ModulesContainer;

  constructor(container: ModulesContainer) {
    this.#container = container;
  }

  get mailrooms(): readonly Mailroom[] {
    return providedValues(this.#container, MAILROOM).filter(isMailroom);
  }

  get mailers(): readonly Mailer[] {
    return this.mailrooms.flatMap(({ mailers }) => [...mailers.values()]);
  }

  /** A mail service for the default mailer, if there is one. */
  get service(): MailService | undefined {
    for (const room of this.mailrooms) {
      const mailer = room.mailers.get(DEFAULT_MAILER);
      if (mailer) return new MailService(room, sourceOf(mailer));
    }
    return undefined;
  }

  /** The queue of the first mailroom; nearly every application has exactly one. Undefined without a mailroom. */
  get queue(): MailQueueService | undefined {
    const [room] = this.mailrooms;
    return room && new MailQueueService(room.queueing);
  }

  /** The Handlebars renderer; undefined if the application has a renderer of its own. */
  get handlebars(): HandlebarsRenderer | undefined {
    return this.mailrooms
      .map(({ renderer }) => renderer)
      .find((renderer) => renderer instanceof HandlebarsRenderer);
  }

  /** The names of all templates; undefined if a template source may have more. */
  get templates(): readonly string[] | undefined {
    const renderers = this.mailrooms.map(({ renderer }) => renderer);
    if (renderers.some((renderer) => renderer instanceof HandlebarsRenderer && renderer.hasSources))
      return undefined;
    return renderers.flatMap((renderer) => renderer.names());
  }

  /** Whether a mailer keeps its mails here instead of sending them. */
  captures(name: string): boolean {
    return this.mailers.some((mailer) => mailer.name === name && mailer.transport.captures === true);
  }
}

export function noMailModule(): HttpException {
  return refusal(404, 'There is no MailModule in this application.');
}

/** Checks the shape and not the class: the value may come from the package's other build (ESM or CommonJS). */
function isMailroom(value: unknown): value is Mailroom {
  return isObject(value) && 'mailers' in value && 'queueing' in value;
}
