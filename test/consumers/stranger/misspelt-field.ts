import type { MailService } from 'nest-mailroom';

export function welcome(mail: MailService) {
  const link = 'https://example.com/start';
  return mail.send({ to: 'ada@example.test', template: 'welcome', context: { user: { nam: 'Ada' }, link } });
}
