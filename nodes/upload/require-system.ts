import type { RuleRow } from '../../src/sinks/upload/rules';
import type { CallServiceName } from '../../src/sinks/upload/service';
import { needText, systemNumber } from '../../src/sinks/upload/settings';
import { textSetting } from '../lib/settings';

/**
 * Checks what the service shall know the radio systems by: one for all, or one in each row.
 * @throws TrunkflowError 'bad-setting'
 */
export function requireSystem(service: CallServiceName, forAll: string, rows: readonly RuleRow[] = []): void {
  const own = rows.filter(({ upload }) => upload).map(({ as }) => textSetting(as));
  const complete = own.length > 0 && own.every(Boolean);
  for (const name of [...(forAll || !complete ? [forAll] : []), ...own.filter(Boolean)]) {
    if (service === 'openmhz') needText(name, 'short name of the system', { status: 'no short name' });
    else systemNumber(name);
  }
}
