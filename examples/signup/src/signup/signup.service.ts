import { randomUUID } from 'node:crypto';

import { ConflictException, Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';

import type { SignupDto } from './signup.dto.js';
import type { User } from './user.js';
import { UsersStore } from './users.store.js';

@Injectable()
export class SignupService {
  constructor(
    private readonly users: UsersStore,
    private readonly events: EventEmitter2,
  ) {}

  /**
   * Knows nothing of mail: listeners of `user.signup` act on a new user, and are awaited. So a user who gets a success
   * has their welcome mail queued, even if this process dies the moment after; a user who gets an error may sign up
   * again.
   */
  async signUp(dto: SignupDto): Promise<User> {
    const user: User = { id: randomUUID(), ...dto };
    if (!this.users.add(user)) throw new ConflictException('This email address has signed up already.');
    try {
      await this.events.emitAsync('user.signup', user);
    } catch (error) {
      this.users.remove(user);
      throw error;
    }
    return user;
  }
}
