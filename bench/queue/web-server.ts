/**
 * A Nest application that answers each POST by making a mail. When told to stop, it reports how long
 * its event loop was held up. A process of its own, so that its client is not measured with it.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Controller, Module, Post, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MailModule } from '../../src/mail.module.js';
import { MailService } from '../../src/mail.service.js';
import { templates } from '../receipt.js';
import { FROM, mailOf } from '../receipt-mail.js';
import { POOL } from './queueing-app.js';
import { scratch } from './scratch.js';

/** The work of a request with its mail, and whether this process delivers. */
export type WebRole = 'render' | 'queue' | 'queue and deliver';

const role = process.argv[2];
const sink = Number(process.argv[3]);
const NS_PER_MS = 1e6;

@Controller()
class SignupController {
  #count = 0;

  constructor(private readonly mail: MailService) {}

  @Post('signup')
  async signup(): Promise<string> {
    const mail = mailOf(this.#count++);
    if (role === 'render') return (await this.mail.render(mail)).messageId;
    return (await this.mail.queue(mail)).messageId;
  }
}

@Module({})
class WebModule {
  static of(path: string): DynamicModule {
    const transport = { host: '127.0.0.1', port: sink, poolSize: POOL };
    const queue = { path, deliver: role === 'queue and deliver' };
    const options = { from: FROM, transport, templates: { dir: templates('mailroom') }, queue };
    return {
      module: WebModule,
      imports: [MailModule.forRoot({ ...options, verify: 'off' })],
      controllers: [SignupController],
    };
  }
}

const { spool, remove } = await scratch();
const app = await NestFactory.create(WebModule.of(spool), { logger: false });
await app.listen(0, '127.0.0.1');
const delays = monitorEventLoopDelay({ resolution: 1 });
process.on('message', (message) => {
  if (message === 'measure') {
    delays.reset();
    delays.enable();
  } else void stop();
});
process.on('disconnect', () => process.exit(0));
process.send?.(Number(new URL(await app.getUrl()).port));

async function stop(): Promise<void> {
  delays.disable();
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  process.send?.({ loopP99Ms: delays.percentile(99) / NS_PER_MS, peakMiB });
  await app.close();
  await remove();
  process.disconnect();
}
