import { type ChaosRule, chaosRule, type ChaosRuleList, chaosRules, newChaosRule } from '../api/chaos.js';
import { InboxObserver } from '../capture/inbox-observer.js';
import { refusal } from '../http/reply.js';
import { type InboxRequest, parameterOf } from '../http/request.js';
import { LiveEvents } from '../live/live-events.js';
import { MailroomView } from '../mailroom-view.js';
import { type InboxFeature, InboxController, Delete, Get, Post } from '../routing/inbox-controller.js';
import { ChaosRules } from './chaos-rules.js';

@InboxController('api/chaos')
export class ChaosController {
  readonly #rules: ChaosRules;

  constructor(rules: ChaosRules) {
    this.#rules = rules;
  }

  @Get('', { summary: 'Lists the rules that make the next attempts fail', answer: chaosRules })
  list(): ChaosRuleList {
    return { rules: this.#rules.list };
  }

  @Post('', {
    summary: 'Makes the next attempts for a template or a recipient fail',
    body: newChaosRule,
    answer: chaosRule,
    status: 201,
    refusals: [400],
  })
  add({ body }: InboxRequest): ChaosRule {
    return this.#rules.add(body);
  }

  @Delete('', { summary: 'Removes all rules' })
  clear(): void {
    this.#rules.clear();
  }

  @Delete(':id', { summary: 'Removes a rule', refusals: [404] })
  remove(request: InboxRequest): void {
    if (!this.#rules.remove(parameterOf(request, 'id')))
      throw refusal(404, 'There is no such rule. It may have been used up.');
  }
}

export const CHAOS: InboxFeature = {
  controllers: [ChaosController],
  providers: [
    {
      provide: ChaosRules,
      inject: [InboxObserver, LiveEvents, MailroomView],
      useFactory: (observer: InboxObserver, events: LiveEvents, mailroom: MailroomView) => {
        const onChange = (): void => events.publish('chaos', { rules: rules.list });
        const rules: ChaosRules = new ChaosRules(onChange, () => mailroom.templates);
        observer.add({ injectFault: (message) => rules.injectFault(message) });
        return rules;
      },
    },
  ],
};
