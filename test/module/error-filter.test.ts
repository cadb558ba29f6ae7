import { type INestApplication, Controller, Get, Param } from '@nestjs/common';
import { APP_FILTER, type AbstractHttpAdapter, HttpAdapterHost } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { MailError, type MailErrorCode, MailErrorFilter } from 'nest-mailroom';
import { isObservable, lastValueFrom } from 'rxjs';
import request from 'supertest';

/** Exhaustive: the compiler asks for every code. */
const STATUS: Readonly<Record<MailErrorCode, number>> = {
  'message-invalid': 422,
  'recipients-rejected': 422,
  'message-rejected': 422,
  suppressed: 422,
  authentication: 503,
  tls: 503,
  'transport-unavailable': 503,
  'rate-limited': 503,
  'queue-full': 503,
  closed: 503,
  timeout: 504,
  ambiguous: 504,
  config: 500,
  'template-not-found': 500,
  'template-invalid': 500,
  'context-invalid': 500,
  unsupported: 500,
  expired: 500,
  aborted: 500,
};
const isCode = (text: string): text is MailErrorCode => Object.hasOwn(STATUS, text);

const SECRET = 'smtp.internal.example.test refused /srv/app/templates';

@Controller('mails')
class MailsController {
  @Get(':code')
  send(@Param('code') code: string): never {
    if (!isCode(code)) throw new Error('no such code');
    throw new MailError(code, SECRET, {
      retryAfterMs: 1500,
      rejected: [
        {
          address: 'bob@example.test',
          code,
          retryable: false,
          smtp: { code: 550, text: SECRET, command: 'RCPT TO' },
        },
      ],
    });
  }
}

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('on %s', (_platform, adapter: () => AbstractHttpAdapter) => {
  let app: INestApplication;

  beforeAll(async () => {
    const module = await Test.createTestingModule({
      controllers: [MailsController],
      providers: [{ provide: APP_FILTER, useClass: MailErrorFilter }],
    }).compile();
    app = module.createNestApplication(adapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
  });
  afterAll(() => app.close());

  test.each(Object.entries(STATUS))('%s is answered with %d', async (code, status) => {
    const { body, headers, text } = await request(app.getHttpServer()).get(`/mails/${code}`).expect(status);

    expect(body).toMatchObject({ statusCode: status, code, outcome: expect.any(String) });
    expect(body).toMatchObject({ rejected: [{ address: 'bob@example.test', code, retryable: false }] });
    expect(text).not.toContain(SECRET);
    expect(headers['retry-after']).toBe(status === 503 ? '2' : undefined);
  });

  test('leaves other errors to the application', async () => {
    await request(app.getHttpServer())
      .get('/mails/nothing')
      .expect(500, /Internal server error/);
  });
});

describe('outside HTTP', () => {
  const error = new MailError('message-rejected', 'no');
  const filter = new MailErrorFilter(new HttpAdapterHost());
  const caught = (kind: string): unknown => {
    const context = new ExecutionContextHost([]);
    context.setType(kind);
    return filter.catch(error, context);
  };

  test("a microservice's caller gets the error", async () => {
    const answer = caught('rpc');
    expect(isObservable(answer)).toBe(true);
    if (isObservable(answer)) await expect(lastValueFrom(answer)).rejects.toBe(error);
  });

  test('a GraphQL server gets the error to report', () => {
    expect(caught('graphql')).toBe(error);
  });
});
