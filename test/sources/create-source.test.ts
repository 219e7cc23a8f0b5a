import { equal, throws } from 'node:assert/strict';
import { createSource, type SourceOptions } from '../../src/sources/create-source';
import { RecordingSink } from '../support/source-sink';

describe('source factory', () => {
  const stream = 'radio';
  const cases: [SourceOptions, boolean][] = [
    [{ driver: 'rtl-sdr', stream, center: 852e6, rate: 2_400_000 }, false],
    [{ driver: 'rtl-tcp', stream, host: 'localhost', center: 852e6, rate: 2_400_000 }, false],
    [{ driver: 'command', stream, command: 'rtl_sdr -', format: 'cu8', rate: 2_400_000 }, false],
    [{ driver: 'iq-file', stream, path: 'x_48k.cu8' }, true],
    [{ driver: 'audio-file', stream, path: 'x.wav' }, true],
    [{ driver: 'generator', stream }, false],
  ];
  for (const [options, lossless] of cases)
    it(`makes a source for ${options.driver}, which does nothing until it is started`, async () => {
      const sink = new RecordingSink();
      const source = createSource(options, sink);
      equal(source.lossless, lossless);
      for (const value of Object.values(source.counters())) equal(value, 0);
      await source.stop();
      equal(sink.messages.length + sink.errors.length + sink.statuses.length, 0);
    });

  it('refuses a driver it does not know', () => {
    throws(() => createSource({ driver: 'hackrf' } as never, new RecordingSink()), /no source driver "hackrf"/);
  });
});
