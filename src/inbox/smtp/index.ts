export { smtpListener, type SmtpListenerOptions } from './smtp-listener.js';
