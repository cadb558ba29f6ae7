export type { ContractCase } from './contract/contract.js';
export { queueContract, type QueueHarness } from './contract/queue-contract.js';
export type { QueueUnderTest } from './contract/queue/queue-under-test.js';
export {
  transportContract,
  type TransportHarness,
  type TransportUnderTest,
} from './contract/transport-contract.js';
export type { FakeAnswer, ReceivedMail, ReceivedRequest } from '../transport/http/fake/provider-fake.js';
export {
  type ProviderAnswer,
  TestProviderServer,
  type TestProviderServerOptions,
} from './provider/test-provider-server.js';
export { renderedMessage } from './rendered-message.js';
export type { SmtpMail } from './smtp/smtp-conversation.js';
export {
  always,
  atFirst,
  DROP,
  type LastWords,
  RESET,
  SILENCE,
  type SmtpAnswer,
  type SmtpScript,
  type Trickle,
} from './smtp/smtp-script.js';
export { TestSmtpServer, type TestSmtpServerOptions } from './smtp/test-smtp-server.js';
export {
  type CountedMailPattern,
  type MailMatchers,
  mailMatchers,
  type MatcherResult,
} from './matchers/mail-matchers.js';
export { MailTestingModule, type TestingBuilder } from './mail-testing.module.js';
export { mailSerializer, mailSnapshot } from './snapshot/mail-snapshot.js';
