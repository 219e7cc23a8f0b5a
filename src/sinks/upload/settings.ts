import { TrunkflowError } from '../../core/errors';

/** @throws TrunkflowError 'bad-setting' for an empty text */
export function needText(value: string, what: string, { status }: { status: string }): string {
  const text = String(value ?? '').trim();
  if (text) return text;
  throw new TrunkflowError('bad-setting', `No ${what} is set`, { hint: 'Open the node and enter it', status });
}

/**
 * The number services know a radio system by.
 * @throws TrunkflowError 'bad-setting'
 */
export function systemNumber(value: string): number {
  const text = needText(value, 'system number', { status: 'no system number' });
  if (/^\d{1,15}$/.test(text) && Number(text) > 0) return Number(text);
  throw new TrunkflowError('bad-setting', 'Unusable system number', {
    expected: 'the number the service knows the radio system by',
    got: text,
    hint: 'Open the node and correct it',
    status: 'bad system number',
  });
}
