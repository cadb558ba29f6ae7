import { type CanActivate, Injectable, VersioningType } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { MailError, MailModule } from 'nest-mailroom';
import { MailInboxModule, type MailInboxOptions } from 'nest-mailroom/inbox';
import type { MessagePage } from '../../../src/inbox/api/messages.js';
import { cleanup, folder, setEnv } from '../../support/application.js';
import { LogLines } from '../../support/log-lines.js';
import { type InboxApplication, PLATFORMS, startInbox } from '../support/inbox-application.js';
import { statusOf } from '../support/raw-request.js';

afterEach(cleanup);

@Injectable()
class Nobody implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

@Injectable()
class Everybody implements CanActivate {
  canActivate(): Promise<boolean> {
    return Promise.resolve(true);
  }
}

describe.each(PLATFORMS)('access to the inbox on %s', (_platform, adapter) => {
  const start = (inbox: MailInboxOptions = {}): Promise<InboxApplication> =>
    startInbox({ adapter: adapter(), inbox });

  test('answers only to host names that nobody else can own', async () => {
    const inbox = await start({ hosts: ['Mail.internal.test'] });
    const asked = (host: string) => statusOf(inbox, 'GET', 'api/messages', { host });
    for (const host of [
      'localhost:3000',
      '127.0.0.1',
      '[::1]:80',
      'app.localhost',
      'mail.internal.test:8080',
    ]) {
      expect([host, await asked(host)]).toEqual([host, 200]);
    }
    for (const host of [
      'evil.test',
      'localhost.evil.test',
      '127.0.0.1.evil.test',
      'localhost@evil.test',
      'a localhost',
    ]) {
      expect([host, await asked(host)]).toEqual([host, 403]);
    }
  });

  test('refuses requests from other origins', async () => {
    const inbox = await start();
    const { host } = new URL(inbox.origin);
    for (const origin of ['https://evil.test', 'null', `http://${host}.evil.test`, 'http://127.0.0.1:1']) {
      for (const [method, path] of [
        ['GET', 'api/messages'],
        ['GET', 'api/events'],
        ['DELETE', 'api/messages'],
      ] as const) {
        const status = await statusOf(inbox, method, path, { host, origin, 'x-mail-inbox': '1' });
        expect([origin, method, path, status]).toEqual([origin, method, path, 403]);
      }
    }
    const own = { host, origin: inbox.origin, 'x-mail-inbox': '1' };
    expect(await statusOf(inbox, 'DELETE', 'api/messages', own)).toBe(204);
  });

  test('refuses every request that another site causes, even if that site cannot read the response', async () => {
    const inbox = await start();
    await inbox.mail.send({
      to: 'ada@example.test',
      subject: 'x',
      html: '<img src="cid:dot">',
      attachments: [{ filename: 'dot.gif', content: 'GIF89a', cid: 'dot' }],
    });
    const [message] = (await inbox.read<MessagePage>('api/messages')).messages;
    const id = message?.id ?? '';
    const asked = (path: string, headers: Record<string, string>) =>
      statusOf(inbox, 'GET', path, { host: 'localhost', ...headers });
    const image = { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' };
    const link = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    const frame = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' };
    for (const site of ['cross-site', 'same-site', 'none, cross-site', '']) {
      const from = { 'sec-fetch-site': site };
      for (const path of [
        'queue',
        'api/wait?timeout=1',
        'api/messages',
        'api/latest.html',
        `api/messages/${id}`,
      ]) {
        for (const how of [{}, image, frame])
          expect([site, path, how, await asked(path, { ...from, ...how })]).toEqual([site, path, how, 403]);
      }
      expect([site, await asked('api/wait?timeout=1', { ...from, ...link })]).toEqual([site, 403]);
      // Allowed: a link to the page, and images in the frame of a mail, which has an opaque origin.
      expect([site, await asked(`m/${id}`, { ...from, ...link })]).toEqual([site, 200]);
      expect([
        site,
        await asked(`api/messages/${id}/files/0`, { ...from, ...image, origin: 'null' }),
      ]).toEqual([site, 200]);
    }
    for (const site of ['same-origin', 'none'])
      expect([site, await asked('api/messages', { 'sec-fetch-site': site })]).toEqual([site, 200]);
  });

  test('refuses writes and streams without the header that other sites cannot send', async () => {
    const inbox = await start();
    await inbox.mail.send({ to: 'ada@example.test', subject: 'kept', text: 'kept' });
    for (const [method, path] of [
      ['DELETE', 'api/messages'],
      ['PATCH', 'api/messages/x'],
      ['GET', 'api/events'],
    ] as const) {
      expect([method, path, (await inbox.ask(path, { method })).status]).toEqual([method, path, 403]);
    }
    expect(await inbox.read('api/messages')).toMatchObject({ total: 1 });
  });

  test('never grants a CORS preflight', async () => {
    const { ask } = await start();
    const preflight = await ask('api/messages', {
      method: 'OPTIONS',
      headers: {
        origin: 'https://evil.test',
        'access-control-request-method': 'DELETE',
        'access-control-request-headers': 'x-mail-inbox',
      },
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
    expect(preflight.headers.get('access-control-allow-headers')).toBeNull();
  });

  test('forbids scripts, framing, sniffing and caching in every answer', async () => {
    const { ask } = await start();
    for (const path of ['api/messages', 'api/messages/x', 'api/status']) {
      const { headers } = await ask(path);
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-dns-prefetch-control')).toBe('off');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    }
  });

  test("runs the inbox's own guard and those of the application", async () => {
    expect((await (await start({ guard: Nobody })).ask('api/messages')).status).toBe(403);
    expect((await (await start({ guard: Everybody })).ask('api/messages')).status).toBe(200);
    const providers = [{ provide: APP_GUARD, useClass: Nobody }];
    expect((await (await startInbox({ adapter: adapter(), providers })).ask('api/messages')).status).toBe(
      403,
    );
  });

  test('is mounted below a global prefix and independent of API versions', async () => {
    const { origin } = await startInbox({
      adapter: adapter(),
      inbox: { path: '/dev/inbox/' },
      configure: (app) => {
        app.setGlobalPrefix('backend');
        app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
      },
    });
    expect((await fetch(`${origin}/backend/dev/inbox/api/messages`)).status).toBe(200);
    expect((await fetch(`${origin}/mail/api/messages`)).status).toBe(404);
  });
});

describe('in production', () => {
  const boot = async (inbox: MailInboxOptions): Promise<unknown> => {
    const imports = [
      MailModule.forRoot({ from: 'app@example.test', transport: 'memory://', queue: { driver: 'off' } }),
      MailInboxModule.forRoot({ dir: await folder(), ...inbox }),
    ];
    try {
      const module = await Test.createTestingModule({ imports }).setLogger(new LogLines()).compile();
      await module.close();
      return undefined;
    } catch (error) {
      return error;
    }
  };

  test.each(['production', 'staging'])(
    'NODE_ENV=%s boots only with both the flag and a guard',
    async (NODE_ENV) => {
      setEnv({ NODE_ENV });
      for (const inbox of [{}, { allowInProduction: true }, { guard: Everybody }]) {
        const error = await boot(inbox);
        expect(MailError.is(error) && error.code).toBe('config');
        expect(String(error)).toMatch(/allowInProduction: true together with a guard/);
      }
      expect(await boot({ allowInProduction: true, guard: Everybody })).toBeUndefined();
    },
  );
});
