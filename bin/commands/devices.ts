import { type FoundDongle, listDevices } from '../../src/sources/rtl-sdr/devices';
import { type Command, parse } from '../command';

const usage = `trunkflow devices [--json]

Lists the RTL-SDR dongles that are connected by USB, and what keeps them from being used.`;

export const command: Command = {
  usage,
  async run(args) {
    const { values } = parse(args, { json: { type: 'boolean' } });
    const devices = await listDevices();
    if (values.json) for (const device of devices) console.log(JSON.stringify(device));
    else if (devices.length === 0) console.log('No RTL-SDR dongle is connected.');
    else for (const device of devices) console.log(describe(device));
    return 0;
  },
};

function describe({ index, manufacturer, product, serial, problem }: FoundDongle): string {
  const name = [manufacturer, product || 'RTL2832U'].filter(Boolean).join(' ');
  return `${index}  ${name}, ${serial ? `serial ${serial}` : 'no serial number'}: ${problem || 'ready'}`;
}
