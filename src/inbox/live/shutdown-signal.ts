import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { type Observable, ReplaySubject } from 'rxjs';

/** Fires when the application begins to shut down, also for later subscribers; ends open streams and waits. */
@Injectable()
export class ShutdownSignal implements BeforeApplicationShutdown {
  readonly #subject = new ReplaySubject<void>(1);
  readonly fired: Observable<void> = this.#subject.asObservable();

  beforeApplicationShutdown(): void {
    this.#subject.next();
    this.#subject.complete();
  }
}
