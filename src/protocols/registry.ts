import { TrunkflowError } from '../core/errors';
import { p25 } from './p25';
import { p25Phase2 } from './p25-phase2';
import type { Protocol } from './protocol';

/** Every protocol this package knows. A new one is a folder and a line here. */
export const protocols: readonly Protocol[] = [p25, p25Phase2];

/** @throws TrunkflowError 'bad-setting' for an id that is not registered */
export function findProtocol(id: string): Protocol {
  const protocol = protocols.find((candidate) => candidate.id === id);
  if (protocol) return protocol;
  throw new TrunkflowError('bad-setting', 'Unknown protocol', {
    expected: protocols.map((known) => known.id).join(' or '),
    got: String(id),
    status: 'unknown protocol',
  });
}
