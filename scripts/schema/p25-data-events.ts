import { readContents } from '../../src/protocols/p25-shared/data/contents';
import { Fragments } from '../../src/protocols/p25-shared/fragments';
import type { MessageEvent } from '../../src/protocols/p25-shared/messages/definition';

const UNIT = 700001;
const octets = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replace(/\s/g, ''), 'hex'));

/** Contents of each kind by their service access point and the direction they are sent in, with every field they can have. */
const CONTENTS: readonly (readonly [accessPoint: number, outbound: boolean, hex: string])[] = [
  [6, false, '01710A000001200000010000'],
  [6, false, '017F0000000020000001 0000'],
  [6, true, '05AB31C0A80102000020021234'],
  [6, true, '05ABFFC0A80102000000021234'],
  [6, true, '340A'],
  [6, true, '2101'],
  [6, true, '11'],
  [32, false, '0054369F0000000000000000'],
  [32, true, '4054369F000000007F000001'],
  [29, false, '0100 2F62 84 00 02'],
  [48, false, Buffer.from('$GPGGA,172814,4026.4636,N,07958.7546,W,2,,,285.5,M,,,\r\n$PP25,E1').toString('hex')],
  [48, false, Buffer.from('$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394').toString('hex')],
];

/** Documents of the location and the registration service, by port. */
const SERVICES: readonly (readonly [port: number, hex: string])[] = [
  ...[
    ['0D', '2204000000013 41F4DBC778069486109950AD0ECD28338156C000856A270400A6505'],
    ['0D', '51118ECD8D118AD47B0063'],
    ['0B', '22020001370A'],
    ['15', '3601'],
    ['09', '2202000131 3C 4205 4A01 7805 5457 62 3F01'],
    ['0F', '22020001'],
    ['05', '62'],
  ].map(([document, elements]) => {
    const body = elements.replace(/\s/g, '');
    return [4001, document + (body.length / 2).toString(16).padStart(2, '0') + body] as const;
  }),
  [4005, '0007F0200231310000'],
  [4005, '0010F5000231310939393939393939393900'],
  [4005, '0002BF01'],
  [4005, '00017F'],
  [4005, '000131'],
];

/** An internet datagram without a service of its own, and one of another transport. */
const OTHERS = [
  '4500001C000100004011 0000 0A0000010A0000020FA10FA100080000',
  '45000018000100004001 0000 0A0000010A00000208000000',
];

function datagram(port: number, payload: Uint8Array): Uint8Array {
  const word = (value: number): string => value.toString(16).padStart(4, '0');
  const udp = `${word(port)}${word(port)}${word(8 + payload.length)}0000`;
  const ip = `4500${word(28 + payload.length)}00010000401100000A0000010A000002${udp}`;
  return octets(ip + Buffer.from(payload).toString('hex'));
}

/** Words whose parts make a whole: an alias of each manufacturer, a position. */
const WORDS: readonly (readonly [mfid: number, hex: string])[] = [
  [0x90, '15902D2A060100E4AF'],
  [0x90, '179001EBEE0740F04D'],
  [0x90, '179002EFCF2D21681A'],
  [0x90, '179003E1B52FFBFBFE'],
  [0x90, '179004EE53BD506FA3'],
  [0x90, '179005E123445C7C35'],
  [0x90, '179006E08ADD330000'],
  [0xa4, '32A4454E47494E4520'],
  [0xa4, '33A431320000000000'],
  [0xa4, '2AA4121C1A281D7ABA'],
  [0xa4, '2BA44F24F88001 0F00'],
];

/** Events of what packets carry, and of what link control words carry in parts. */
export function* p25DataEvents(): Generator<MessageEvent> {
  const packet = { unit: UNIT, offset: 0 };
  for (const [accessPoint, outbound, hex] of CONTENTS)
    yield* readContents({ ...packet, accessPoint, outbound, payload: octets(hex) }).events;
  for (const outbound of [false, true]) {
    for (const [port, hex] of SERVICES) {
      const payload = datagram(port, octets(hex));
      yield* readContents({ ...packet, accessPoint: 4, outbound, payload }).events;
      const connected = Uint8Array.from([0x41, 0, ...payload]);
      yield* readContents({ ...packet, accessPoint: 4, outbound, offset: 2, payload: connected }).events;
    }
    for (const hex of OTHERS) yield* readContents({ ...packet, accessPoint: 0, outbound, payload: octets(hex) }).events;
  }
  for (const source of [undefined, UNIT]) {
    const fragments = new Fragments();
    fragments.talker(source);
    for (const [mfid, hex] of WORDS) yield* fragments.add(mfid, octets(hex), 0);
  }
}
