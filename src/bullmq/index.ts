export { bullmq, type BullMqOptions } from './bullmq.js';
export { getMailQueueName } from './record/mail-queue-name.js';
