import { ConditionalModule, ConfigService } from '@nestjs/config';
import { MailerModule } from '@nestjs-modules/mailer';

/**
 * An application that comes from `@nestjs-modules/mailer` keeps its MailerModule, which knows the server. With
 * `MAILER_URL` this example has one too, and sends its mails over the connections of that module.
 */
export const mailerModule = ConditionalModule.registerWhen(
  MailerModule.forRootAsync({
    imports: [],
    inject: [ConfigService],
    useFactory: (config: ConfigService) => ({
      transport: { url: config.getOrThrow<string>('MAILER_URL'), pool: true, maxRequeues: 0 },
    }),
  }),
  ({ MAILER_URL }) => Boolean(MAILER_URL),
  { debug: false },
);

/** Undefined: MAIL_* says where mails go. */
export function mailTransport(config: ConfigService): string | undefined {
  return config.get<string>('MAILER_URL') ? 'mailer:' : undefined;
}
