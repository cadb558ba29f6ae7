import type { ConfigService } from '@nestjs/config';

/**
 * Whether this process delivers the mails that it queues. With `DELIVERY=worker` it leaves that to `worker.ts`, in
 * processes of its own, as many as the mail needs.
 */
export function deliversHere(config: ConfigService): boolean {
  const place = config.getOrThrow<string>('DELIVERY');
  if (place === 'web' || place === 'worker') return place === 'web';
  throw new RangeError(`DELIVERY: expected web or worker, got "${place}".`);
}
