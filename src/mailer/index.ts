export type { MailerServiceOptions } from './application-mailer.js';
export { mailerService } from './mailer-service.js';
