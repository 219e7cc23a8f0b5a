import assert from 'node:assert/strict';
import { TrunkflowError } from '../../src/core/errors';
import { parseFrequencies, parseFrequency } from '../../src/dsp/channelizer/frequency';

const refused = (error: unknown) =>
  error instanceof TrunkflowError && error.code === 'bad-setting' && error.status.length < 20 && error.message !== '';

describe('frequencies as text', () => {
  for (const text of [
    '851.625',
    ' 851.6250 MHz ',
    '851.625M',
    '851.625 mhz',
    '851625000',
    '851625000 Hz',
    '851625 kHz',
    '851625k',
    '0.851625 GHz',
    '851625000.0',
    '+851.625',
  ])
    it(`"${text}"`, () => assert.equal(parseFrequency(text), 851625000));

  it('has no rounding errors and knows small and large ones', () => {
    assert.equal(parseFrequency('851.6375'), 851637500);
    assert.equal(parseFrequency('160.10625 MHz'), 160106250);
    assert.equal(parseFrequency('530 kHz'), 530000);
    assert.equal(parseFrequency('530 Hz'), 530);
    assert.equal(parseFrequency('5.8 GHz'), 5.8e9);
    assert.equal(parseFrequency('.5'), 500000);
  });

  for (const text of [
    '',
    'abc',
    '851,625',
    '12500',
    '-851.625',
    '0',
    '1e9',
    '851.6.2',
    'NaN',
    '851 M Hz z',
    '9999999 GHz',
  ])
    it(`refuses "${text}"`, () => assert.throws(() => parseFrequency(text), refused));

  it('lists and rasters', () => {
    assert.deepEqual(parseFrequencies('851.625, 852.5;\n852.625 MHz\n,'), [851625000, 852500000, 852625000]);
    assert.deepEqual(parseFrequencies('851.0125-851.05/12.5k'), [851012500, 851025000, 851037500, 851050000]);
    assert.deepEqual(parseFrequencies('851.0125 - 851.05 / 12.5'), [851012500, 851025000, 851037500, 851050000]);
    assert.deepEqual(parseFrequencies('851.0125..851.03/12500'), [851012500, 851025000]);
    assert.deepEqual(parseFrequencies('118 MHz to 118.03 MHz step 0.0125 MHz'), [118000000, 118012500, 118025000]);
    assert.deepEqual(parseFrequencies('118-118.03/8.33333333 kHz'), [118000000, 118008333, 118016667, 118025000]);
    assert.deepEqual(parseFrequencies('851-851/12.5k, 851'), [851000000]);
    assert.equal(parseFrequencies('851.0125-869.9875/12.5k').length, 1519);
    assert.deepEqual(parseFrequencies(''), []);
  });

  for (const text of ['852-851/12.5k', '851-852/0', '851-852/x', '851-1000/0.001k', '851-852', '1-2-3/1'])
    it(`refuses the list "${text}"`, () => assert.throws(() => parseFrequencies(text), refused));
});
