/**
 * Aborts when the person (Ctrl-C), the system (SIGTERM) or the reader of the output (| head) wants no more: what is
 * under way is then finished in good order. A second Ctrl-C ends at once.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  const stop = () => controller.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  process.stdout.once('error', stop);
  return controller.signal;
}
