import { TrunkflowError } from '../../core/errors';

interface Cause {
  what: (host: string) => string;
  status: string;
  hint?: string;
}

const CERTIFICATE: Cause = {
  what: (host) => `The certificate of ${host} cannot be trusted`,
  status: 'bad certificate',
  hint: 'Is the address right? For a server of your own with a certificate of its own, switch the check off',
};
const LOST: Cause = { what: (host) => `The connection to ${host} was lost`, status: 'connection lost' };
const UNKNOWN: Cause = {
  what: (host) => `${host} is not known on this network`,
  status: 'unknown host',
  hint: 'Is the address right, and this machine on the internet?',
};
const SILENT: Cause = { what: (host) => `${host} does not answer in time`, status: 'no answer' };
const FAR: Cause = { what: (host) => `There is no way to ${host}`, status: 'no network' };

const CAUSES: Readonly<Record<string, Cause>> = {
  ECONNREFUSED: {
    what: (host) => `Nothing listens at ${host}`,
    status: 'refused',
    hint: 'Does the server run, and is its port right?',
  },
  ECONNRESET: LOST,
  EPIPE: LOST,
  ECONNABORTED: LOST,
  ENOTFOUND: UNKNOWN,
  EAI_AGAIN: UNKNOWN,
  ETIMEDOUT: SILENT,
  ENETUNREACH: FAR,
  EHOSTUNREACH: FAR,
  ABORT_ERR: { what: (host) => `The upload to ${host} was stopped`, status: 'stopped' },
};

/** What a failed connection means to a person. Never holds more of the URL than its host. */
export function networkError(error: unknown, url: URL): TrunkflowError {
  if (error instanceof TrunkflowError) return error;
  const { code = '' } = (error ?? {}) as NodeJS.ErrnoException;
  const cause = CAUSES[code] ?? (isCertificate(code) ? CERTIFICATE : secureFailure(code));
  return new TrunkflowError('network', cause.what(url.host), {
    got: code || undefined,
    hint: cause.hint,
    status: cause.status,
    cause: error,
  });
}

function isCertificate(code: string): boolean {
  return /CERT|SIGNATURE|^UNABLE_TO/.test(code);
}

function secureFailure(code: string): Cause {
  if (code !== 'EPROTO' && !/SSL|TLS/.test(code)) {
    return { what: (host) => `Talking to ${host} failed`, status: 'network error' };
  }
  return {
    what: (host) => `No secure connection to ${host}`,
    status: 'no TLS',
    hint: 'Perhaps the address begins with http, not https',
  };
}
