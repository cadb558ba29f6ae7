export { bullmq, type BullMqOptions } from './bullmq.js';
export { getMailQueueName } from './mail-queue-name.js';
