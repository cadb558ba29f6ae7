import {
  type CallHandler,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  Module,
  type NestInterceptor,
} from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { isMailInbox } from 'nest-mailroom/inbox';
import { map, timeout, type Observable } from 'rxjs';
import type { MessagePage } from '../../src/inbox/api/messages.js';
import { cleanup } from '../support/application.js';
import { EventStream } from './support/event-stream.js';
import { type InboxApplication, PLATFORMS, startInbox } from './support/inbox-application.js';

afterEach(cleanup);

/** Typical interceptors: wrap answers in `{ data }` and limit their time. They let the inbox pass. */
@Injectable()
class Shaping implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (isMailInbox(context)) return next.handle();
    return next.handle().pipe(
      timeout(50),
      map((data: unknown) => ({ data })),
    );
  }
}

@Controller('own')
class OwnController {
  @Get()
  own(): string {
    return 'x';
  }
}

@Module({ controllers: [OwnController] })
class OwnModule {}

const MAIL = {
  to: 'ada@example.test',
  subject: 'x',
  html: '<p>x</p>',
  attachments: [{ filename: 'a.txt', content: 'abc' }],
};

describe.each(PLATFORMS)('with interceptors of the application on %s', (_platform, adapter) => {
  const start = (): Promise<InboxApplication> =>
    startInbox({
      adapter: adapter(),
      imports: [OwnModule],
      providers: [{ provide: APP_INTERCEPTOR, useClass: Shaping }],
    });

  test('interceptors that let the inbox pass do not change its answers', async () => {
    const inbox = await start();
    expect(await (await fetch(`${inbox.origin}/own`)).json()).toEqual({ data: 'x' });
    const stream = await EventStream.open(`${inbox.origin}/mail/api/events`);
    expect(await stream.next()).toMatchObject({ type: 'ping' });
    await inbox.mail.send(MAIL);
    expect((await stream.nextOf('message'))?.data).toMatchObject({ subject: 'x' });
    const [message] = (await inbox.read<MessagePage>('api/messages')).messages;
    const path = `api/messages/${message?.id}`;
    const texts = [`${path}.html`, `${path}/files/0`, 'api/latest.html'].map(async (each) =>
      (await inbox.ask(each)).text(),
    );
    expect(await Promise.all(texts)).toEqual(['<p>x</p>', 'abc', '<p>x</p>']);
    expect(await (await inbox.ask('')).text()).toMatch(/^<!doctype html>/i);
    const marked = await inbox.write('PATCH', path, { unread: false });
    expect(await marked.json()).toMatchObject({ unread: false });
    const gone = await inbox.write('DELETE', path);
    expect([gone.status, await gone.text()]).toEqual([204, '']);
    expect((await inbox.ask(path)).status).toBe(404);
  });

  test('a wait lasts for its full timeout', async () => {
    const inbox = await start();
    const waiting = inbox.ask('api/wait?timeout=300&subject=never');
    expect((await waiting).status).toBe(408);
    expect(await (await waiting).json()).toMatchObject({ message: 'No such message within 300 ms.' });
  });
});
