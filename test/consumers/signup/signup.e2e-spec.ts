import { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { MailOutbox } from 'nest-mailroom';
import { mailMatchers } from 'nest-mailroom/testing';
import request from 'supertest';
import { AppModule } from './../src/app.module.js';

expect.extend(mailMatchers);

describe('signup (e2e)', () => {
  let app: INestApplication;

  beforeEach(async () => {
    const fixture = await Test.createTestingModule({ imports: [AppModule] }).compile();
    app = fixture.createNestApplication();
    await app.init();
  });

  afterEach(() => app.close());

  it('welcomes who signs up', async () => {
    const user = { email: 'ada@example.test', name: 'Ada' };
    await request(app.getHttpServer()).post('/signup').send(user).expect(201);
    expect(app.get(MailOutbox)).toHaveQueuedMail({ to: 'ada@example.test', template: 'welcome' });
  });
});
