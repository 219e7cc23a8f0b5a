import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeSignalFile, type FileHints } from '../../src/sources/file/signal-file';
import { chunk, formatChunk, riff, wav } from '../support/wav-bytes';

describe('signal files', () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'trunkflow-files-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function put(name: string, bytes: Buffer | string): string {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  }

  const describeBytes = (name: string, bytes: Buffer | string, hints?: FileHints) =>
    describeSignalFile(put(name, bytes), hints);

  it('reads raw IQ by the end of its name, and its time from the last change', async () => {
    const path = put('a_851.625M_250k.cu8', Buffer.alloc(500_001));
    utimesSync(path, 1_700_000_000.25, 1_700_000_000.25);
    const file = await describeSignalFile(path);
    equal(file.format, 'cu8');
    equal(file.kind, 'iq');
    equal(file.rate, 250_000);
    equal(file.center, 851_625_000);
    equal(file.samples, 250_000);
    equal(file.duration, 1);
    equal(file.startTimeFrom, 'modified');
    equal(file.startTime, 1_699_999_999_250);
  });

  it('takes the hints before the file', async () => {
    const name = 'gqrx_20200131_123456_851625000_2400000_fc.raw';
    const file = await describeBytes(name, Buffer.alloc(8000), {
      rate: 48_000,
      center: 1e8,
      startTime: 5.7,
      format: 'cs16',
    });
    deepEqual(
      [file.rate, file.center, file.startTime, file.startTimeFrom, file.format, file.samples],
      [48_000, 1e8, 5, 'given', 'cs16', 2000],
    );
    const plain = await describeBytes(name, Buffer.alloc(8000));
    deepEqual([plain.format, plain.startTimeFrom, plain.samples], ['cf32', 'name', 1000]);
  });

  const kinds = [
    { bits: 8, tag: 1, encoding: 'u8', format: 'cu8' },
    { bits: 16, tag: 1, encoding: 's16', format: 'cs16' },
    { bits: 24, tag: 1, encoding: 's24', format: 'cf32' },
    { bits: 32, tag: 1, encoding: 's32', format: 'cf32' },
    { bits: 32, tag: 3, encoding: 'f32', format: 'cf32' },
    { bits: 64, tag: 3, encoding: 'f64', format: 'cf32' },
  ];
  for (const { bits, tag, encoding, format } of kinds)
    for (const extensible of [false, true])
      it(`reads WAV ${encoding}${extensible ? ' extensible' : ''} as IQ and as audio`, async () => {
        const data = Buffer.alloc((100 * 2 * bits) / 8);
        const iq = await describeBytes('x.wav', wav({ bits, tag, extensible, rate: 96_000 }, data));
        deepEqual([iq.kind, iq.encoding, iq.format, iq.rate, iq.samples], ['iq', encoding, format, 96_000, 100]);
        const audio = await describeBytes('x.wav', wav({ bits, tag, extensible, channels: 1 }, data));
        deepEqual([audio.kind, audio.encoding, audio.format, audio.samples], ['audio', encoding, 's16', 200]);
      });

  it('skips chunks it does not know, of odd sizes, too', async () => {
    const bytes = riff([
      chunk('JUNK', Buffer.alloc(29)),
      formatChunk({ channels: 2 }),
      chunk('LIST', Buffer.from('INFOx')),
      chunk('data', Buffer.alloc(400)),
      chunk('id3 ', Buffer.alloc(99)),
    ]);
    equal((await describeBytes('x.wav', bytes)).samples, 100);
  });

  it('reads RF64 and BW64 with their long sizes', async () => {
    const ds64 = Buffer.alloc(28);
    ds64.writeBigUInt64LE(400n, 8);
    for (const magic of ['RF64', 'BW64']) {
      const chunks = [chunk('ds64', ds64), formatChunk({}), chunk('data', Buffer.alloc(400), 0xffff_ffff)];
      const file = await describeBytes('x.wav', riff([...chunks, chunk('LIST', Buffer.alloc(50))], magic));
      equal(file.samples, 100);
    }
  });

  it('plays to the end when the header does not know the size', async () => {
    for (const size of [0, 0x7fff_ffff, 0xffff_ffff]) {
      const file = await describeBytes('x.wav', riff([formatChunk({}), chunk('data', Buffer.alloc(444), size)]));
      equal(file.samples, 111);
      deepEqual(file.notes, []);
    }
  });

  it('plays what is there of a file that was cut off, and says so', async () => {
    const file = await describeBytes('x.wav', riff([formatChunk({}), chunk('data', Buffer.alloc(403), 4000)]));
    equal(file.samples, 101);
    match(file.notes[0], /cut off.*4000.*404/);
  });

  it('reads frequency and time from an auxi chunk, and ignores one that is something else', async () => {
    const auxi = Buffer.alloc(68);
    for (const [i, value] of [2020, 1, 5, 31, 12, 34, 56, 789].entries()) auxi.writeUInt16LE(value, 2 * i);
    auxi.writeUInt32LE(851_625_000, 32);
    const make = (body: Buffer) => riff([formatChunk({}), chunk('auxi', body), chunk('data', Buffer.alloc(400))]);
    const file = await describeBytes('x.wav', make(auxi));
    equal(file.center, 851_625_000);
    equal(file.startTime, Date.UTC(2020, 0, 31, 12, 34, 56, 789));
    equal(file.startTimeFrom, 'header');
    const text = await describeBytes('x.wav', make(Buffer.from('<?xml version="1.0"?><SDR-XML-Root/>'.repeat(3))));
    deepEqual([text.center, text.startTimeFrom], [0, 'modified']);
    equal((await describeBytes('x.wav', make(Buffer.alloc(3)))).center, 0);
  });

  it('recognises a WAV file whatever it is called', async () => {
    equal((await describeBytes('recording.bin', wav({}, Buffer.alloc(400)))).container, 'wav');
  });

  describe('SigMF', () => {
    const meta = (global: object, captures: object[] = [{ 'core:sample_start': 0 }]) =>
      JSON.stringify({ global: { 'core:version': '1.0.0', ...global }, captures, annotations: [] });

    it('reads both files of a recording, whichever is given', async () => {
      const captures = [
        { 'core:sample_start': 0, 'core:frequency': 851e6, 'core:datetime': '2020-01-31T12:34:56.789Z' },
      ];
      const metaPath = put('r.sigmf-meta', meta({ 'core:datatype': 'ci16_le', 'core:sample_rate': 1e6 }, captures));
      const dataPath = put('r.sigmf-data', Buffer.alloc(4003));
      for (const path of [metaPath, dataPath]) {
        const file = await describeSignalFile(path);
        deepEqual([file.format, file.rate, file.center, file.samples], ['cs16', 1e6, 851e6, 1000]);
        equal(file.startTime, Date.UTC(2020, 0, 31, 12, 34, 56, 789));
      }
    });

    for (const [datatype, format, bytes] of [
      ['cu8', 'cu8', 2],
      ['ci8', 'cs8', 2],
      ['cf32_le', 'cf32', 8],
      ['ri16_le', 's16', 2],
    ] as const)
      it(`reads ${datatype}`, async () => {
        put('t.sigmf-data', Buffer.alloc(bytes * 50));
        const text = meta({ 'core:datatype': datatype, 'core:sample_rate': 48_000 });
        const file = await describeBytes('t.sigmf-meta', text);
        deepEqual([file.format, file.samples], [format, 50]);
      });

    it('tells what is wrong with its metadata', async () => {
      put('bad.sigmf-data', Buffer.alloc(100));
      const bad = (text: string) => describeBytes('bad.sigmf-meta', text);
      const good = { 'core:datatype': 'cu8', 'core:sample_rate': 48_000 };
      await rejects(bad('{"global":'), /not JSON/);
      await rejects(bad('[]'), /datatype/);
      await rejects(bad(meta({ ...good, 'core:datatype': 'ci16_be' })), /ci16_le.*got ci16_be/);
      await rejects(bad(meta({ ...good, 'core:sample_rate': undefined })), /sample rate/);
      await rejects(bad(meta({ ...good, 'core:num_channels': 2 })), /several channels/);
      await rejects(bad(meta({ ...good, 'core:dataset': '../secret' })), /another folder/);
      await rejects(describeSignalFile(put('lonely.sigmf-data', 'xx')), /two files/);
      await rejects(describeBytes('nodata.sigmf-meta', meta(good)), /no such file/i);
      await rejects(describeBytes('pack.sigmf', 'tar'), /tar xf pack.sigmf/);
    });
  });

  it('tells what to do about files it cannot use', async () => {
    const bad = (code: string, message: RegExp, promise: Promise<unknown>) =>
      rejects(promise, (error: { code: string; message: string; status: string }) => {
        equal(error.code, code);
        match(error.message, message);
        ok(error.status.length < 20);
        return true;
      });
    await bad('bad-file', /no such file/i, describeSignalFile(join(folder, 'absent_48k.cu8')));
    await bad('bad-file', /no such file/i, describeSignalFile(join(put('plain', 'x'), 'inside_48k.cu8')));
    mkdirSync(join(folder, 'sub_48k.cu8'));
    await bad('bad-file', /folder/, describeSignalFile(join(folder, 'sub_48k.cu8')));
    await bad('bad-setting', /No file/, describeSignalFile(''));
    await bad('bad-file', /no samples/, describeBytes('e_48k.cu8', ''));
    await bad('bad-file', /no samples/, describeBytes('e_48k.cu8', 'x'));
    await bad('bad-file', /begin like a WAV/, describeBytes('e.wav', ''));
    await bad('bad-file', /begin like a WAV.*got "ID3/, describeBytes('e.wav', 'ID3 this is an mp3'));
    await bad('bad-file', /cut off/, describeBytes('e.wav', riff([formatChunk({})]).subarray(0, 30)));
    await bad('bad-file', /before its samples/, describeBytes('e.wav', riff([formatChunk({})])));
    await bad('bad-file', /format is missing/, describeBytes('e.wav', riff([chunk('data', Buffer.alloc(99))])));
    await bad(
      'bad-file',
      /WAV format 17 with 4 bits/,
      describeBytes('e.wav', wav({ tag: 17, bits: 4 }, Buffer.alloc(99))),
    );
    await bad('bad-setting', /sample rate/i, describeBytes('e.wav', wav({ rate: 0xffff_ffff }, Buffer.alloc(99))));
    await bad('bad-setting', /sample rate of .* not known/, describeBytes('e.cu8', Buffer.alloc(99)));
    await bad('bad-setting', /sample format of .* not known/, describeBytes('e_48k.dat', Buffer.alloc(99)));
    const mono = wav({ channels: 1 }, Buffer.alloc(99));
    await bad('bad-file', /two channels.*got 1 channel.*discriminator/, describeBytes('e.wav', mono, { kind: 'iq' }));
    await bad('bad-file', /Choose IQ/, describeBytes('e_48k.cu8', Buffer.alloc(99), { kind: 'audio' }));
    if (process.getuid?.() === 0 || process.platform === 'win32') return;
    const secret = put('secret_48k.cu8', Buffer.alloc(99));
    chmodSync(secret, 0);
    await bad('bad-file', /may not be read/, describeSignalFile(secret));
  });

  it('survives mutated headers', async () => {
    const ds64 = Buffer.alloc(28);
    ds64.writeBigUInt64LE(400n, 8);
    const seeds = [
      riff(
        [chunk('ds64', ds64), formatChunk({}), chunk('auxi', Buffer.alloc(40)), chunk('data', Buffer.alloc(64))],
        'RF64',
      ),
      wav({ extensible: true }, Buffer.alloc(64)),
    ];
    let seed = 7;
    const random = (below: number) => (seed = (seed * 48_271) % 0x7fff_ffff) % below;
    let read = 0;
    for (let i = 0; i < 600; i++) {
      const bytes = Buffer.from(seeds[i % 2]).subarray(0, random(3) ? undefined : random(seeds[i % 2].length));
      for (let n = random(4); n >= 0 && bytes.length > 0; n--) bytes[random(bytes.length)] = random(256);
      await describeBytes('fuzz.wav', bytes).then(
        () => read++,
        (error) => ok(['bad-file', 'bad-setting'].includes(error.code), error),
      );
    }
    ok(read > 50 && read < 550, `${read} of 600 were still readable`);
  });
});
