import { Module } from '@nestjs/common';
import { MailModule } from 'nest-mailroom';
import { Signup } from './signup.js';

@Module({
  imports: [MailModule.forRoot({ from: 'Teapots <hello@teapots.test>' })],
  providers: [Signup],
})
export class AppModule {}
