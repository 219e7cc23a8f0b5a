import { RdioScanner } from '../../../src/sinks/upload/rdio-scanner';
import { Uploader } from '../../../src/sinks/upload/uploader';
import { AUDIO, record } from './calls';

/** Offers calls from number `first` on without end, and prints each that is safe; to be killed. */
async function run([url, folder, first]: string[]): Promise<void> {
  const service = new RdioScanner({ url, key: 'key', system: '42', sidecar: false });
  const limits = { calls: 100_000, bytes: 1e10, age: 3_600_000 };
  const options = { folder, parallel: 2, limits, as: () => '42' };
  const uploader = new Uploader(service, options, { finished() {}, trouble() {}, changed() {} });
  for (let n = Number(first); ; n++) {
    await uploader.offer(record(n), { data: AUDIO });
    process.stdout.write(`${n}\n`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

void run(process.argv.slice(2));
