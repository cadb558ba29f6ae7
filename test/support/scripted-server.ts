import type { SecureContextOptions } from 'node:tls';
import { type SmtpScript, TestSmtpServer } from 'nest-mailroom/testing';

export { DROP, RESET, SILENCE, type SmtpScript as Script } from 'nest-mailroom/testing';

export interface ScriptedServer extends Pick<
  TestSmtpServer,
  'port' | 'lines' | 'connections' | 'saw' | 'dropAll' | 'quiet' | 'close'
> {
  /** Sources of the mails that came whole. */
  readonly bodies: readonly string[];
}

/** The testing kit's SMTP server, with what it received as text. */
export async function startScriptedServer(
  script?: SmtpScript,
  port?: number,
  tls?: SecureContextOptions,
): Promise<ScriptedServer> {
  const server = await TestSmtpServer.start({ script, port, tls });
  return {
    port: server.port,
    lines: server.lines,
    get bodies() {
      return server.mails.map(({ source }) => source.toString('latin1'));
    },
    get connections() {
      return server.connections;
    },
    saw: (start) => server.saw(start),
    dropAll: () => server.dropAll(),
    quiet: () => server.quiet(),
    close: () => server.close(),
  };
}
