import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';
import { freePort } from '../free-port.mjs';

const READY = 'Nest application successfully started';
const PATIENCE_MS = 60_000;
const POLL_MS = 20;

/** A mail server that yields the recipients of accepted mails, in order. */
async function takeMails() {
  const texts = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    async onData(stream, session, done) {
      try {
        const chunks = await stream.toArray();
        texts.push(`RCPT ${session.envelope.rcptTo[0].address}\n${Buffer.concat(chunks).toString()}`);
      } catch (error) {
        done(error);
        return;
      }
      done();
      server.emit('mail');
    },
  });
  // A stopped application cuts its connections.
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return { server, texts, port: server.server.address().port };
}

/** Resolves with the process's output once it reports that it is ready. @throws {Error} when it ends before */
async function ready(child, output) {
  while (!output.text.includes(READY)) {
    const what = await Promise.race([once(child.stdout, 'data').then(() => 'data'), child.ended]);
    if (what === 'ended') throw new Error(`it ended before it was ready:\n${output.text}`);
  }
}

/** Resolves once the port accepts connections: Nest reports its start earlier. */
async function listening(port) {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
  return true;
}

async function signUp(port, signal) {
  while (!(await listening(port))) await setTimeout(POLL_MS, undefined, { signal });
  const answer = await fetch(`http://127.0.0.1:${port}/signup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'ada@example.test', name: 'Ada' }),
  });
  if (answer.status !== 201) throw new Error(`a signup was answered with ${answer.status}`);
}

/**
 * Starts a built application, signs somebody up over HTTP, waits for the mail to arrive over SMTP, and
 * stops it.
 *
 * @param {string} cwd
 * @param {[string, readonly string[]]} command
 * @param {Record<string, string>} env besides the port and the mail server
 * @param {{ uid?: number, gid?: number }} [user] it runs as
 * @returns {Promise<readonly string[]>} the faults
 */
export async function signUpOnce(cwd, [program, args], env, user = {}) {
  const mails = await takeMails();
  const port = await freePort();
  const child = spawn(program, args, {
    cwd,
    env: {
      PATH: process.env.PATH,
      PORT: `${port}`,
      // As the second application of a Nest 11 workspace reads it.
      port: `${port}`,
      MAIL_URL: `smtp://127.0.0.1:${mails.port}`,
      NO_COLOR: '1',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...user,
  });
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output.text += chunk));
  child.ended = once(child, 'close').then(() => 'ended');
  try {
    await ready(child, output);
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const arrived = once(mails.server, 'mail', { signal });
    await Promise.all([signUp(port, signal), arrived]);
  } catch (error) {
    return [`${error.message}\n${output.text}`];
  } finally {
    child.kill('SIGTERM');
    await child.ended;
    await new Promise((resolve) => mails.server.close(resolve));
  }
  const [text] = mails.texts;
  const isWelcome = text.startsWith('RCPT ada@example.test') && text.includes('Subject: Welcome, Ada!');
  return isWelcome ? [] : [text];
}
