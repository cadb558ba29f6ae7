import { Body, Controller, Post } from '@nestjs/common';

import { type SignupDto, signupSchema } from './signup.dto.js';
import { SignupService } from './signup.service.js';
import type { User } from './user.js';

@Controller('signup')
export class SignupController {
  constructor(private readonly signup: SignupService) {}

  @Post()
  create(@Body({ schema: signupSchema }) dto: SignupDto): Promise<User> {
    return this.signup.signUp(dto);
  }
}
