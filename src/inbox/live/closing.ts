import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { type Observable, ReplaySubject } from 'rxjs';

/** Fires, and stays fired, when the application shuts down: whoever holds a connection open lets go of it. */
@Injectable()
export class Closing implements BeforeApplicationShutdown {
  readonly #subject = new ReplaySubject<void>(1);
  readonly signal: Observable<void> = this.#subject.asObservable();

  beforeApplicationShutdown(): void {
    this.#subject.next();
    this.#subject.complete();
  }
}
