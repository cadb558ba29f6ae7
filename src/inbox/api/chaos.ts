import { integer, list, named, oneOf, record, string, type TypeOf } from './schema.js';

export const CHAOS_FAULTS = ['421', '451', '550', 'timeout'] as const;
export type ChaosFault = (typeof CHAOS_FAULTS)[number];

const fault = named('ChaosFault', oneOf(CHAOS_FAULTS));
const target = {
  'template?': string('Matches mails rendered from this template'),
  'to?': string(
    'Matches mails with such an envelope recipient: an address, or a pattern such as `*@example.test`',
  ),
};

/** Makes the next attempts that match it fail. */
export const chaosRule = named(
  'ChaosRule',
  record({ id: string(), ...target, fault, left: integer('Attempts that it still makes fail') }),
);
export type ChaosRule = TypeOf<typeof chaosRule>;

export const chaosRules = record({ rules: list(chaosRule) });
export type ChaosRuleList = TypeOf<typeof chaosRules>;

export const newChaosRule = record({ ...target, fault, 'times?': integer('Attempts to fail; 1 by default') });
export type NewChaosRule = TypeOf<typeof newChaosRule>;
