import { type ChaosRule, chaosRule, type ChaosRuleList, chaosRules, newChaosRule } from '../api/chaos.js';
import { InboxWatch } from '../capture/inbox-watch.js';
import { refusal } from '../http/refusal.js';
import { type InboxRequest, parameterOf } from '../http/request.js';
import { LiveEvents } from '../live/live-events.js';
import { MailroomView } from '../mailroom-view.js';
import type { InboxFeature } from '../routing/feature.js';
import { InboxController } from '../routing/inbox-controller.js';
import { Delete, Get, Post } from '../routing/route.js';
import { ChaosRules } from './chaos-rules.js';

@InboxController('api/chaos')
export class ChaosController {
  readonly #rules: ChaosRules;

  constructor(rules: ChaosRules) {
    this.#rules = rules;
  }

  @Get('', { summary: 'The rules by which the next attempts fail', answer: chaosRules })
  list(): ChaosRuleList {
    return { rules: this.#rules.list };
  }

  @Post('', {
    summary: 'Makes the next attempts for a template, or for a recipient, fail',
    body: newChaosRule,
    answer: chaosRule,
    status: 201,
    refusals: [400],
  })
  add({ body }: InboxRequest): ChaosRule {
    return this.#rules.add(body);
  }

  @Delete('', { summary: 'Takes all rules back' })
  clear(): void {
    this.#rules.clear();
  }

  @Delete(':id', { summary: 'Takes a rule back', refusals: [404] })
  remove(request: InboxRequest): void {
    if (!this.#rules.remove(parameterOf(request, 'id')))
      throw refusal(404, 'There is no such rule, or no more: it may be used up.');
  }
}

export const CHAOS: InboxFeature = {
  controllers: [ChaosController],
  providers: [
    {
      provide: ChaosRules,
      inject: [InboxWatch, LiveEvents, MailroomView],
      useFactory: (watch: InboxWatch, events: LiveEvents, mailroom: MailroomView) => {
        const onChange = (): void => events.publish('chaos', { rules: rules.list });
        const rules: ChaosRules = new ChaosRules(onChange, () => mailroom.templates);
        watch.add({ injectFault: (message) => rules.strike(message) });
        return rules;
      },
    },
  ],
};
