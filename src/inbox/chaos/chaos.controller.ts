import { Inject } from '@nestjs/common';
import { InboxController } from '../routing/inbox-controller.js';
import { Delete, Get, Post } from '../routing/route.js';
import { type InboxRequest, parameterOf } from '../safety/http.js';
import { refusal } from '../safety/refusal.js';
import { type ChaosRule, ChaosRules } from './chaos-rules.js';

@InboxController('api/chaos')
export class ChaosController {
  readonly #rules: ChaosRules;

  constructor(@Inject(ChaosRules) rules: ChaosRules) {
    this.#rules = rules;
  }

  @Get()
  list(): { readonly rules: readonly ChaosRule[] } {
    return { rules: this.#rules.list };
  }

  @Post('', { status: 201 })
  add({ body }: InboxRequest): ChaosRule {
    return this.#rules.add(body);
  }

  @Delete()
  clear(): void {
    this.#rules.clear();
  }

  @Delete(':id')
  remove(request: InboxRequest): void {
    if (!this.#rules.remove(parameterOf(request, 'id')))
      throw refusal(404, 'There is no such rule, or no more: it may be used up.');
  }
}
