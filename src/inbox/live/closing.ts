import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { type Observable, ReplaySubject } from 'rxjs';

/** Fires when the application shuts down, and stays fired, so that open connections are released. */
@Injectable()
export class Closing implements BeforeApplicationShutdown {
  readonly #subject = new ReplaySubject<void>(1);
  readonly signal: Observable<void> = this.#subject.asObservable();

  beforeApplicationShutdown(): void {
    this.#subject.next();
    this.#subject.complete();
  }
}
