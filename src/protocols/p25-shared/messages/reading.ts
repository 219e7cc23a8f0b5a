import type { BandPlan } from '../band-plan';
import { manufacturerName } from '../manufacturers';
import { MFID } from '../names';
import type { Octets } from '../octets';
import type { Definition, MessageEvent } from './definition';

export const isStandard = (mfid: number): boolean => mfid === MFID.STANDARD || mfid === MFID.STANDARD_ALTERNATE;

/** The events of a message that has a parser, with its name. */
export function read(definition: Definition, octets: Octets, bands: BandPlan): MessageEvent[] {
  const events = [definition.parse(octets, bands)].flat();
  return events.map(({ type, ...fields }) => ({ type, message: definition.name, ...fields }));
}

/** A message of an opcode without a parser. */
export const unknown = (opcode: number, mfid: number, octets: Octets): MessageEvent[] => [
  { type: 'unknown', opcode, mfid, manufacturer: manufacturerName(mfid), hex: octets.hex() },
];

/** A message whose contents are encrypted (its protected flag is set). */
export const isProtected = (
  opcode: number,
  mfid: number,
  octets: Octets,
  definition: Definition | undefined,
): MessageEvent[] => [
  {
    type: 'protected',
    ...(definition && { message: definition.name }),
    opcode,
    mfid,
    manufacturer: manufacturerName(mfid),
    hex: octets.hex(),
  },
];
