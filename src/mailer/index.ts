export { mailerService, type MailerServiceOptions } from './mailer-service.js';
