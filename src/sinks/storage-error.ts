import { TrunkflowError } from '../core/errors';

const CAUSES: Readonly<Record<string, { what: string; status: string; hint: string }>> = {
  ENOSPC: { what: 'The disk is full', status: 'disk full', hint: 'Free some space; recording then goes on by itself' },
  EDQUOT: {
    what: 'The quota is used up',
    status: 'disk full',
    hint: 'Free some space; recording then goes on by itself',
  },
  EACCES: denied(),
  EPERM: denied(),
  EROFS: { what: 'The disk is read-only', status: 'read-only disk', hint: 'Choose another folder' },
  ENOTDIR: { what: 'A part of the path is a file', status: 'bad folder', hint: 'Choose another folder' },
  ENOENT: { what: 'The folder is gone', status: 'folder missing', hint: 'Is the disk mounted?' },
  EMFILE: { what: 'Too many files are open', status: 'too many files', hint: 'Raise the limit of open files' },
};

function denied() {
  return {
    what: 'No permission to write',
    status: 'no permission',
    hint: 'Let the user Node-RED runs as write to the folder, or choose another',
  };
}

/** What a failed write means to a person. */
export function storageError(error: unknown, path: string): TrunkflowError {
  if (error instanceof TrunkflowError) return error;
  const { code = '', message = String(error) } = (error ?? {}) as NodeJS.ErrnoException;
  const cause = CAUSES[code] ?? { what: 'Writing failed', status: 'cannot write', hint: '' };
  return new TrunkflowError('storage', `${cause.what}: ${path}`, {
    got: code || message,
    hint: cause.hint,
    status: cause.status,
    cause: error,
  });
}
