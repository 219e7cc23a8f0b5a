import { TrunkflowError } from '../../src/core/errors';

/**
 * A number from a node's form, which keeps numbers as text and may hold an environment variable's value.
 * @throws TrunkflowError 'bad-setting' when it is not a number, or not within the limits
 */
export function numberSetting(value: unknown, name: string, limits: { least?: number; most?: number } = {}): number {
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = limits;
  const number = typeof value === 'number' ? value : Number.parseFloat(String(value ?? ''));
  if (Number.isFinite(number) && number >= least && number <= most) return number;
  throw new TrunkflowError('bad-setting', `Unusable ${name}`, {
    expected: `a number${limits.least === undefined ? '' : ` from ${least}`}${limits.most === undefined ? '' : ` to ${most}`}`,
    got: String(value ?? '') || 'nothing',
    hint: 'Open the node and correct it',
    status: 'bad setting',
  });
}

/** As numberSetting, or `otherwise` when the field was left empty. */
export function optionalNumber<T>(
  value: unknown,
  name: string,
  otherwise: T,
  limits?: { least?: number; most?: number },
) {
  return value === undefined || value === null || value === '' ? otherwise : numberSetting(value, name, limits);
}

/** Text from a form without the blanks around it. */
export function textSetting(value: unknown): string {
  return String(value ?? '').trim();
}
