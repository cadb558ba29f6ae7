/** `node smtp-process.mjs <port>`, forked: tells its parent the port, then the recipient of every mail it takes. */
import { SMTPServer } from 'smtp-server';

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onData(stream, session, done) {
    stream.resume();
    stream.on('end', () => {
      process.send(session.envelope.rcptTo[0].address);
      done();
    });
  },
});
server.on('error', () => undefined);
server.listen(Number(process.argv[2]), '127.0.0.1', () => process.send(server.server.address().port));
process.on('disconnect', () => process.exit());
