import { listDevices } from '../../src/sources/rtl-sdr/devices';
import { type Command, parse } from '../command';

const usage = `trunkflow devices [--json]

Lists the radios that are connected by USB.`;

export const command: Command = {
  usage,
  async run(args) {
    const { values } = parse(args, { json: { type: 'boolean' } }, usage);
    const devices = await listDevices();
    if (values.json) console.log(JSON.stringify(devices));
    else if (devices.length === 0) console.log('No RTL-SDR dongle is connected.');
    else console.table(devices);
    return 0;
  },
};
