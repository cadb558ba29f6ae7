import { Injectable } from '@nestjs/common';

import type { User } from './user.js';

/** In memory: users are gone with the process. */
@Injectable()
export class UsersStore {
  readonly #users = new Map<string, User>();

  /** Adds the user unless the address is taken. Letter case does not make another mailbox. */
  add(user: User): boolean {
    const key = keyOf(user);
    if (this.#users.has(key)) return false;
    this.#users.set(key, user);
    return true;
  }

  remove(user: User): void {
    this.#users.delete(keyOf(user));
  }
}

const keyOf = ({ email }: User): string => email.toLowerCase();
