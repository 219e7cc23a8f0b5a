import { breaks as ofThisLoop } from '../core/breaks';

/** Work that can be interrupted: it yields often, and returns its result. */
export type Sliced<T> = Generator<void, T>;

/** Does all of it at once. */
export function atOnce<T>(work: Sliced<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** Does it in slices of a few milliseconds, between which others get their turn on the event loop. */
export async function inSlices<T>(work: Sliced<T>, breaks = ofThisLoop): Promise<T> {
  for (;;) {
    if (breaks.due()) await breaks.take();
    const { done, value } = work.next();
    if (done) return value;
  }
}
