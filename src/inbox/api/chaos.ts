import { integer, list, named, oneOf, record, string, type TypeOf } from './schema.js';

/** How a rule makes an attempt fail. */
export const CHAOS_FAULTS = ['421', '451', '550', 'timeout'] as const;
export type ChaosFault = (typeof CHAOS_FAULTS)[number];

const fault = named('ChaosFault', oneOf(CHAOS_FAULTS));
const target = {
  'template?': string('Of mails of this template'),
  'to?': string(
    'Of mails with such an envelope recipient: an address, or a pattern such as `*@example.test`',
  ),
};

/** Which attempts fail next, how, and how many of them. */
export const chaosRule = named(
  'ChaosRule',
  record({ id: string(), ...target, fault, left: integer('Attempts that still fail') }),
);
export type ChaosRule = TypeOf<typeof chaosRule>;

export const chaosRules = record({ rules: list(chaosRule) });
export type ChaosRuleList = TypeOf<typeof chaosRules>;

export const newChaosRule = record({ ...target, fault, 'times?': integer('1 without it') });
export type NewChaosRule = TypeOf<typeof newChaosRule>;
