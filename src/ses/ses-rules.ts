import type { RenderedMessage } from '../message/message.js';
import {
  asciiLocalParts,
  atMostBytes,
  atMostRecipients,
  type FieldRule,
  knownOptions,
  metadataLike,
  noDeliveryStatus,
  tagsLike,
} from '../transport/http/field-rules.js';

/** Values of which no live account was seen: to be corrected here. */
const LIMITS = { recipients: 50, bytes: 40 * 2 ** 20 };
const LABEL = {
  pattern: /^[A-Za-z0-9_-]{1,256}$/,
  expected: 'letters of ASCII, digits, _ and -, up to 256 of them',
};

const hasBounceAddress: FieldRule = ({ envelope }) =>
  envelope.from === ''
    ? { field: 'envelope.from', reason: 'it takes no empty bounce address. Send that mail by SMTP' }
    : undefined;

const oneTag: FieldRule = ({ tags }) =>
  tags.length > 1 ? { field: 'tags', reason: 'it takes one tag. Use metadata for the others' } : undefined;

const distinctLabels: FieldRule = ({ tags, metadata }) =>
  tags.length > 0 && Object.hasOwn(metadata, 'tag')
    ? { field: 'metadata.tag', reason: 'it takes the tag of a mail under that name' }
    : undefined;

/** What of a mail SES cannot say. */
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
];

export interface EmailTag {
  readonly Name: string;
  readonly Value: string;
}

/** Tag and metadata of a mail, and the tags among its options. */
export function emailTags({ tags, metadata }: RenderedMessage, options: unknown): EmailTag[] {
  const own = typeof options === 'object' && options !== null ? Object.entries(options) : [];
  const all: readonly (readonly [string, unknown])[] = [
    ...tags.map((tag) => ['tag', tag] as const),
    ...Object.entries(metadata),
    ...own,
  ];
  return all.map(([Name, value]) => ({ Name, Value: String(value) }));
}
