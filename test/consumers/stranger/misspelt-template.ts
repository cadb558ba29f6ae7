import type { MailService } from 'nest-mailroom';

export function welcome(mail: MailService) {
  const context = { user: { name: 'Ada' }, link: 'https://example.com/start' };
  return mail.send({ to: 'ada@example.test', template: 'welcom', context });
}
