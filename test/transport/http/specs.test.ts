import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ReceivedRequest } from 'nest-mailroom/testing';
import { MailError } from '../../../src/errors/mail-error.js';
import type { RenderedMessage } from '../../../src/message/message.js';
import { NAMES, plainMessage, withProvider } from '../../support/provider-transport.js';
import { richMessages } from '../../support/rich-messages.js';
import { smithySchema } from '../../support/smithy-schema.js';

/** Descriptions that providers publish of their interfaces, kept beside the repository. */
const SPECS = join(__dirname, '..', '..', '..', '..', 'shared', 'specs');

interface Described {
  readonly file: string;
  /** Of the schema of a request for a mail. */
  readonly pointer: string;
  /** Of a description that is no JSON Schema. */
  readonly schemaOf?: typeof smithySchema;
  /** On a mail of its own. */
  readonly options: NonNullable<RenderedMessage['provider']>;
  /** Of the schema of a request for several. */
  readonly batch?: string;
}

const DESCRIBED: Readonly<Record<string, Described>> = {
  sendgrid: {
    file: 'sendgrid-mail-v3.openapi.json',
    pointer: '#/components/requestBodies/PostMailSend/content/application~1json/schema',
    options: {
      sendgrid: {
        asm: { group_id: 7, groups_to_display: [7, 8] },
        batch_id: 'a',
        ip_pool_name: 'pool',
        mail_settings: { bypass_list_management: { enable: true } },
        send_at: 1_800_000_000,
        tracking_settings: { click_tracking: { enable: false, enable_text: false } },
      },
    },
  },
  mailgun: {
    file: 'mailgun-messages.openapi.json',
    pointer: '#/components/schemas/POST-v3-domain_name-messages-mime-multipart-form-data-RequestBody',
    options: { mailgun: { 'o:tracking': 'no', 'o:deliverytime': 'Thu, 24 Dec 2026 09:00:00 +0000' } },
  },
  resend: {
    file: 'resend.openapi.json',
    pointer: '#/components/schemas/SendEmailRequest',
    batch: '#/paths/~1emails~1batch/post/requestBody/content/application~1json/schema',
    options: { resend: { scheduled_at: '2026-12-24T09:00:00Z', topic_id: 'a' } },
  },
  ses: {
    file: 'ses-v2.smithy.json',
    pointer: '#/$defs/SendEmailRequest',
    schemaOf: smithySchema,
    options: {
      ses: {
        configurationSet: 'tracking',
        emailTags: { campaign: 'spring' },
        fromEmailAddressIdentityArn: 'arn:aws:ses:eu-west-1:123456789012:identity/from.test',
        listManagement: { contactListName: 'news', topicName: 'spring' },
      },
    },
  },
};

/** Every object that names its properties has no others. */
function close(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  for (const inner of Object.values(node)) close(inner);
  if ('properties' in node && !('additionalProperties' in node) && !('allOf' in node)) {
    Object.assign(node, { additionalProperties: false });
  }
}

function validatorOf({
  file,
  pointer,
  schemaOf = (document) => document,
}: Described): (body: unknown) => readonly string[] {
  const document = schemaOf(JSON.parse(readFileSync(join(SPECS, file), 'utf8')));
  close(document);
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema(document, 'spec');
  const validate = ajv.compile({ $ref: `spec${pointer}` });
  return (body) => {
    validate(body);
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };
}

/** A form as its description has it: a name alone is its value, but where a list is meant. */
function described({ body }: ReceivedRequest, name: string): unknown {
  if (name !== 'mailgun' || typeof body !== 'object' || body === null) return body;
  const lists = new Set(['to', 'o:tag']);
  return Object.fromEntries(
    Object.entries(body)
      .filter(([field]) => !field.startsWith('v:'))
      .map(([field, values]) => [field, lists.has(field) || !Array.isArray(values) ? values : values[0]]),
  );
}

const here = Object.entries(DESCRIBED).filter(([, { file }]) => existsSync(join(SPECS, file)));

test('providers that publish a description are known', () => {
  expect(Object.keys(DESCRIBED).filter((name) => !NAMES.includes(name))).toEqual([]);
});

if (here.length > 0) {
  test.each(here)('every request to %s matches its own description', (name, spec) =>
    withProvider(name, [], async ({ transport, server }) => {
      const { signal } = new AbortController();
      await transport.send(plainMessage({ provider: spec.options }), { signal });
      for (const [, message] of richMessages) {
        await transport.send(message, { signal }).catch((error: unknown) => {
          if (!MailError.is(error) || error.code !== 'unsupported') throw error;
        });
      }
      const validate = validatorOf(spec);
      const wrong = server.mails.flatMap(({ request }) => validate(described(request, name)));
      expect([...new Set(wrong)]).toEqual([]);
      expect(server.mails.length).toBeGreaterThan(15);
    }),
  );

  test.each(here.filter(([, { batch }]) => batch !== undefined))(
    'requests to %s for several mails as well',
    (name, spec) =>
      withProvider(name, [], async ({ transport, server }) => {
        const sending = richMessages.map(([, message]) =>
          transport.send(message, { signal: new AbortController().signal, isFirst: true }),
        );
        const done = await Promise.allSettled(sending);
        const validate = validatorOf({ ...spec, pointer: spec.batch ?? '' });
        const batches = server.requests.filter(({ path }) => path.endsWith('/batch'));
        expect(batches.flatMap(({ body }) => validate(body))).toEqual([]);
        expect(batches.length).toBeGreaterThan(0);
        expect(server.problems).toEqual([]);
        const refused = done.filter(({ status }) => status === 'rejected');
        expect(server.mails.length).toBeGreaterThanOrEqual(richMessages.length - refused.length);
      }),
  );
}
