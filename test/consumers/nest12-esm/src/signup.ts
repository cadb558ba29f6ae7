import { Injectable } from '@nestjs/common';
import { MailService, type Receipt } from 'nest-mailroom';

@Injectable()
export class Signup {
  constructor(private readonly mail: MailService) {}

  welcome(email: string): Promise<Receipt> {
    return this.mail.send({ to: email, subject: 'Welcome', text: 'Your teapot is on its way.' });
  }
}
