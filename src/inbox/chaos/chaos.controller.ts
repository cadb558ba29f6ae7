import { Body, Delete, Get, HttpCode, Inject, Param, Post, UseFilters } from '@nestjs/common';
import { InboxController } from '../safety/inbox-controller.js';
import { MailErrorFilter } from '../safety/mail-error.filter.js';
import { refusal } from '../safety/refusal.js';
import { type ChaosRule, ChaosRules } from './chaos-rules.js';

@InboxController('api/chaos')
@UseFilters(MailErrorFilter)
export class ChaosController {
  readonly #rules: ChaosRules;

  constructor(@Inject(ChaosRules) rules: ChaosRules) {
    this.#rules = rules;
  }

  @Get()
  list(): { readonly rules: readonly ChaosRule[] } {
    return { rules: this.#rules.list };
  }

  @Post()
  add(@Body() body: unknown): ChaosRule {
    return this.#rules.add(body);
  }

  @Delete()
  @HttpCode(204)
  clear(): void {
    this.#rules.clear();
  }

  @Delete(':id')
  @HttpCode(204)
  remove(@Param('id') id: string): void {
    if (!this.#rules.remove(id)) throw refusal(404, 'There is no such rule, or no more: it may be used up.');
  }
}
