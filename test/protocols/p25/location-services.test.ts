import assert from 'node:assert/strict';
import { readArs } from '../../../src/protocols/p25-shared/data/ars';
import { readLrrp } from '../../../src/protocols/p25-shared/data/lrrp';
import { uniform } from '../../support/random';
import { octets } from './frames';

const lrrp = (hex: string): Record<string, unknown> => {
  const event = readLrrp(octets(hex));
  assert.ok(event, hex);
  return event;
};

const near = (value: unknown, expected: number, within = 1e-5): void =>
  assert.ok(Math.abs((value as number) - expected) < within, `${value} is not ${expected}`);

describe('LRRP', () => {
  it('reads the examples of its own description (ok-dmrlib, tests of LRRP)', () => {
    const report = lrrp('071A22042468ACE0341F4DBC778051118ECD8D118AD47B00636C0006');
    assert.deepEqual(
      [report.type, report.document, report.request_id, report.measured],
      ['location', 'immediate_report', '2468ACE0', '2003-06-30T07:30:00Z'],
    );
    near(report.latitude, 12.345345);
    near(report.longitude, 24.668866);
    near(report.accuracy, 0.7734375);
    near(report.speed, 0.046875);
    const failed = lrrp('070C22042468ACE0390503515355');
    assert.deepEqual([failed.type, failed.result], ['location_answer', 5]);
    const asked = lrrp('090922042468ACE034313C');
    assert.deepEqual([asked.type, asked.document, asked.interval], ['location_request', 'triggered_request', 60]);
    near(lrrp('0D0F22042468ACE066118ECD8D118AD47B').latitude, 12.345345);
    assert.equal(lrrp('0F0622042468ACE0').document, 'triggered_stop_request');
    assert.deepEqual(lrrp('110722042468ACE038'), {
      type: 'location_answer',
      document: 'triggered_stop_answer',
      request_id: '2468ACE0',
      result: 0,
      result_name: 'success',
    });
  });

  it('reads messages heard on air (the same)', () => {
    const point = lrrp('1315232F341F4AD07B2E66474326660A4D56E46B0B5620');
    assert.deepEqual(
      [point.document, point.request_id, point.heading, point.speed, point.measured],
      ['unsolicited_report', '2F', 64, 11, '2002-11-08T07:44:46Z'],
    );
    near(point.latitude, 50.106, 1e-3);
    near(point.longitude, 14.488, 1e-2);
    for (const [hex, altitude, accuracy] of [
      ['0d162204c00000005148610c340ad0ecf70c126c003656a2', undefined, 12 + 18 / 128],
      ['0d1a22047fffffff6948610e0c0ad0ec0d8337606c001056a2704001', 439.75, undefined],
    ] as const) {
      const report = lrrp(hex);
      near(report.latitude, 50.8915, 1e-3);
      near(report.longitude, 15.2093, 1e-3);
      assert.deepEqual([report.altitude, report.accuracy], [altitude, accuracy]);
    }
  });

  it('counts latitudes by sign and size, longitudes around the globe', () => {
    // North of Italy, published with its raw values (RadioReference, dsd-neo's test of formulas).
    const italy = lrrp('0D09663F7EBBBB07CB0755');
    near(italy.latitude, 44.645, 1e-3);
    near(italy.longitude, 10.959, 1e-3);
    const south = lrrp('0D0966B02C0B0294F4A0DC');
    near(south.latitude, -33.87, 1e-2);
    near(south.longitude, -150.5, 0.1);
  });

  it('says what is asked for, and stops where a message is cut off or not known', () => {
    assert.deepEqual(lrrp('050A2204000000015162 5457'.replace(' ', '')).wanted, ['speed', 'altitude', 'heading']);
    assert.equal(readLrrp(octets('0D0F22042468ACE0661')), null);
    assert.equal(lrrp('0D0766118ECD8D118A').type, 'location_answer');
    assert.equal(lrrp('0D0AFF66118ECD8D118AD47B').latitude, undefined);
    assert.equal(readLrrp(new Uint8Array(0)), null);
    assert.equal(readLrrp(octets('990101')), null);
  });
});

describe('ARS', () => {
  it('reads messages of its description (ok-dmrlib, tests of ARS)', () => {
    const ars = (hex: string) => readArs(octets(hex));
    assert.deepEqual(ars('0007F0200231310000'), {
      type: 'automatic_registration',
      kind: 'device_registration',
      device: '11',
    });
    assert.equal(ars('000131')?.kind, 'device_deregistration');
    assert.deepEqual(ars('0010F5000231310939393939393939393900'), {
      type: 'automatic_registration',
      kind: 'user_registration',
      device: '11',
      user: '999999999',
    });
    assert.deepEqual(ars('0002BF01'), {
      type: 'automatic_registration',
      kind: 'device_answer',
      accepted: true,
      refresh_minutes: 30,
    });
    assert.equal(ars('000174')?.kind, 'query');
    assert.equal(ars('00013F')?.accepted, true);
    const refused = ars('00017F');
    assert.deepEqual([refused?.accepted, refused?.reason_name], [false, 'device not authorised']);
    assert.equal(ars('0002F701')?.reason_name, 'user not valid');
    assert.equal(ars('0003'), null);
    assert.equal(ars('00010A'), null);
  });
});

describe('LRRP and ARS', () => {
  it('survive any octets', () => {
    const random = uniform(11);
    for (let i = 0; i < 50_000; i++) {
      const bytes = Uint8Array.from({ length: Math.floor(random() * 40) }, () => random() * 256);
      if (bytes.length > 2 && i % 2 === 0) bytes.set([5 + 2 * Math.floor(random() * 8), bytes.length - 2]);
      const location = readLrrp(bytes);
      if (typeof location?.latitude === 'number') {
        assert.ok(Math.abs(location.latitude) <= 90 && Math.abs(location.longitude as number) <= 180);
      }
      JSON.stringify([location, readArs(bytes)]);
    }
  });
});
