import { Inject, Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { providedValues } from '../module/container.js';
import { MAILROOM } from '../module/providers.js';
import { HandlebarsRenderer } from '../render/handlebars-renderer.js';
import type { Mailer, Mailroom } from '../mail.service.js';

/** Transports that keep mail where it is instead of sending it. */
const KEEPING = new Set(['memory', 'file', 'log']);

/** The mailrooms of the application. Found in its container once they are made: the inbox is made first. */
@Injectable()
export class MailroomView {
  readonly #container: ModulesContainer;

  constructor(@Inject(ModulesContainer) container: ModulesContainer) {
    this.#container = container;
  }

  get rooms(): readonly Mailroom[] {
    return providedValues(this.#container, MAILROOM).filter(isMailroom);
  }

  get mailers(): readonly Mailer[] {
    return this.rooms.flatMap(({ mailers }) => [...mailers.values()]);
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

/** By its shape: it may come from the package's other build. */
function isMailroom(value: unknown): value is Mailroom {
  return typeof value === 'object' && value !== null && 'mailers' in value && 'queueing' in value;
}
