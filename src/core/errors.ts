/** What went wrong, as a value a program can test. */
export type ErrorCode =
  | 'wrong-port' // a message of another port type reached this stage
  | 'bad-message' // right port, but its metadata or payload cannot be used
  | 'bad-setting' // a setting is outside what the stage can do
  | 'bad-file' // a file is missing, truncated or not of the expected format
  | 'missing-program' // an external program is not installed
  | 'device' // a radio or sound device is missing, busy or failed
  | 'network' // a connection failed or was lost
  | 'storage' // writing failed: disk full, no permission, folder missing
  | 'worker'; // a worker thread failed; its streams were lost

export interface ErrorDetails {
  /** What this stage needs. */
  expected?: string;
  /** What it got instead. */
  got?: string;
  /** What the person can do about it. */
  hint?: string;
  /** Under 20 characters, for a node's status. */
  status?: string;
  cause?: unknown;
}

/** Every error Trunkflow raises on purpose. The message alone says what was expected, what came and what to do. */
export class TrunkflowError extends Error {
  readonly code: ErrorCode;
  readonly expected?: string;
  readonly got?: string;
  readonly hint?: string;
  readonly status: string;

  constructor(code: ErrorCode, what: string, details: ErrorDetails = {}) {
    const parts = [what];
    if (details.expected) parts.push(`expected ${details.expected}`);
    if (details.got) parts.push(`got ${details.got}`);
    super(parts.join(': ').replace(/: got/, ', got') + (details.hint ? `. ${details.hint}` : ''), {
      cause: details.cause,
    });
    this.name = 'TrunkflowError';
    this.code = code;
    this.expected = details.expected;
    this.got = details.got;
    this.hint = details.hint;
    this.status = (details.status ?? code.replace('-', ' ')).slice(0, 19);
  }
}

/** An error as plain data, for crossing threads. */
export interface PlainError extends ErrorDetails {
  code: ErrorCode;
  message: string;
}

export function toPlainError({ code, message, expected, got, hint, status }: TrunkflowError): PlainError {
  return { code, message, expected, got, hint, status };
}

export function fromPlainError({ message, code, expected, got, hint, status }: PlainError): TrunkflowError {
  const error = new TrunkflowError(code, message, { status });
  return Object.assign(error, { expected, got, hint });
}

/** Wraps anything thrown into a TrunkflowError, keeping one that already is. */
export function asTrunkflowError(error: unknown, code: ErrorCode, what: string): TrunkflowError {
  if (error instanceof TrunkflowError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new TrunkflowError(code, what, { got: text, cause: error });
}
