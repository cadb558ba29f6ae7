import { fieldOf } from '../errors/mail-error.js';
import type { RenderedMessage } from '../message/message.js';
import {
  asciiLocalParts,
  atMostBytes,
  atMostRecipients,
  knownOptions,
  metadataLike,
  noDeliveryStatus,
  oneTag,
  tagsLike,
} from '../transport/http/field-rules.js';
import type { FieldRule } from '../transport/http/provider.js';

/** Assumed values: no live account was available to check them. */
const LIMITS = { recipients: 50, bytes: 40 * 2 ** 20 };
const LABEL = {
  pattern: /^[A-Za-z0-9_-]{1,256}$/,
  expected: 'letters of ASCII, digits, _ and -, up to 256 of them',
};

const hasBounceAddress: FieldRule = ({ envelope }) =>
  envelope.from === ''
    ? { field: 'envelope.from', reason: 'it takes no empty bounce address. Send that mail by SMTP' }
    : undefined;

const distinctLabels: FieldRule = ({ tags, metadata }) =>
  tags.length > 0 && Object.hasOwn(metadata, 'tag')
    ? { field: 'metadata.tag', reason: 'it takes the tag of a mail under that name' }
    : undefined;

/** Options that name resources of the account. */
const NAMES = ['configurationSet', 'tenantName', 'fromEmailAddressIdentityArn'];

/** A fault in a name that the mail itself gives is the mail's fault. */
export function hasNames({ provider }: RenderedMessage): boolean {
  const options = provider?.['ses'] ?? {};
  return [...NAMES, 'listManagement'].some((name) => options[name] !== undefined);
}

const namesAreTexts: FieldRule = ({ provider }) => {
  const options = provider?.['ses'] ?? {};
  const name = NAMES.find((key) => options[key] !== undefined && !isText(options[key]));
  return name === undefined ? undefined : { field: `provider.ses.${name}`, reason: 'it takes a text there' };
};

const listHasName: FieldRule = ({ provider }) => {
  const list = provider?.['ses']?.['listManagement'];
  if (list === undefined || isText(fieldOf(list, 'contactListName'))) return undefined;
  return { field: 'provider.ses.listManagement', reason: 'it takes a contactListName there' };
};

const ownTags: FieldRule = ({ tags, metadata, provider }) => {
  const given = Object.entries(provider?.['ses']?.['emailTags'] ?? {});
  const taken = new Set([...Object.keys(metadata), ...(tags.length > 0 ? ['tag'] : [])]);
  const bad = given.find(([name, value]) => !isLabel(name) || !isLabel(value) || taken.has(name));
  return (
    bad && {
      field: `provider.ses.emailTags.${bad[0]}`,
      reason: `it takes each name once, and ${LABEL.expected}`,
    }
  );
};

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

const isLabel = (value: unknown): boolean => typeof value === 'string' && LABEL.pattern.test(value);

/** Fields of a mail that SES cannot carry. */
export const RULES: readonly FieldRule[] = [
  hasBounceAddress,
  noDeliveryStatus,
  asciiLocalParts,
  oneTag,
  tagsLike({ ...LABEL, most: 1 }),
  metadataLike({ ...LABEL, most: 50 }, LABEL.pattern),
  distinctLabels,
  atMostRecipients(LIMITS.recipients),
  atMostBytes(LIMITS.bytes, '40 MB'),
  knownOptions('ses', [
    'configurationSet',
    'emailTags',
    'tenantName',
    'fromEmailAddressIdentityArn',
    'listManagement',
  ]),
  namesAreTexts,
  listHasName,
  ownTags,
];

export interface EmailTag {
  readonly Name: string;
  readonly Value: string;
}

/** Tag and metadata of a mail, and the tags of its options. */
export function emailTags({ tags, metadata }: RenderedMessage, options: unknown): EmailTag[] {
  const own = typeof options === 'object' && options !== null ? Object.entries(options) : [];
  const all: readonly (readonly [string, unknown])[] = [
    ...tags.map((tag) => ['tag', tag] as const),
    ...Object.entries(metadata),
    ...own,
  ];
  return all.map(([Name, value]) => ({ Name, Value: String(value) }));
}
