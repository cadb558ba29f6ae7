import { Module } from '@nestjs/common';

import { SignupController } from './signup.controller.js';
import { SignupService } from './signup.service.js';
import { UsersStore } from './users.store.js';
import { WelcomeListener } from './welcome.listener.js';

@Module({
  controllers: [SignupController],
  providers: [SignupService, UsersStore, WelcomeListener],
})
export class SignupModule {}
