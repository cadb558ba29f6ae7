import { Module } from '@nestjs/common';
import { MailModule } from 'nest-mailroom';
import { mailerService } from 'nest-mailroom/mailer';
import { Signup } from './signup';

@Module({
  imports: [MailModule.forRoot({ from: 'Teapots <hello@teapots.test>', use: [mailerService()] })],
  providers: [Signup],
})
export class AppModule {}
