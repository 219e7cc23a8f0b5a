import { TrunkflowError } from '../../core/errors';
import { hindranceStatus, hindranceText } from './faults';
import type { UsbBus, UsbFault, UsbIdentity, UsbTransport } from './transport';
import { openUsbBus } from './usb-bus';

/** Which dongle to use: by serial number, else by position among those connected; default the first that is free. */
export interface DongleChoice {
  serial?: string;
  index?: number;
}

/** A connected dongle, for a person to choose from. */
export interface FoundDongle extends UsbIdentity {
  index: number;
  /** Product and serial number, and why it cannot be used, in few words. */
  label: string;
  /** Whether it can be opened now. */
  free: boolean;
  /** Why it cannot, and what to do; empty when it can. */
  problem: string;
}

/** The RTL-SDR dongles connected to this computer. Throws 'missing-program' without USB support. */
export async function listDevices(openBus: () => Promise<UsbBus> = openUsbBus): Promise<FoundDongle[]> {
  const found = await (await openBus()).list();
  return found.map(({ identity, hindrance }, index) => ({
    ...identity,
    index,
    label: label(identity, hindrance),
    free: hindrance === undefined,
    problem: hindrance ? hindranceText(hindrance) : '',
  }));
}

/** Throws 'device' when it is not there. */
export async function chooseDongle(bus: UsbBus, { serial, index }: DongleChoice): Promise<UsbTransport> {
  const found = await bus.list();
  const matching = serial ? found.filter(({ identity }) => identity.serial === serial) : found;
  const chosen =
    index === undefined || serial
      ? (matching.find(({ hindrance }) => hindrance === undefined) ?? matching[0])
      : matching[index];
  if (chosen) return chosen;
  const serials = found.map(({ identity }) => identity.serial || 'one without serial number');
  const which = serial ? ` with serial ${serial}` : index === undefined ? '' : ` number ${index}`;
  throw new TrunkflowError('device', `There is no RTL-SDR dongle${which}`, {
    got: found.length === 0 ? 'none connected' : `these connected: ${serials.join(', ')}`,
    hint: 'Plug it in; reception begins by itself',
    status: 'no dongle',
  });
}

function label({ product, serial }: UsbIdentity, hindrance: UsbFault | undefined): string {
  const name = [product || 'RTL2832U', serial].filter(Boolean).join(' ');
  return hindrance ? `${name} (${hindranceStatus(hindrance)})` : name;
}
