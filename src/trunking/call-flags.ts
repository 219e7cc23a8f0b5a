/** What is to be done with a call by whoever plays, keeps, uploads or tells of it. */
export interface CallFlags {
  listen: boolean;
  record: boolean;
  upload: boolean;
  alert: boolean;
}

export const FLAG_NAMES = ['listen', 'record', 'upload', 'alert'] as const;

/** What holds where a table or a form says nothing. */
export const DEFAULT_FLAGS: Readonly<CallFlags> = { listen: true, record: true, upload: true, alert: false };

const YES = ['true', 'yes', 'y', '1', 'on', 'x', 'ja', 'sí', 'si'];
const NO = ['false', 'no', 'n', '0', 'off', '-', 'nein'];

/** A yes or no as people write it in tables: undefined when left blank, null when it is neither. */
export function readFlag(text: string): boolean | undefined | null {
  const word = text.trim().toLowerCase();
  if (word === '') return undefined;
  if (YES.includes(word)) return true;
  return NO.includes(word) ? false : null;
}
