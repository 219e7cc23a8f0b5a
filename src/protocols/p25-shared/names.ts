import { hex } from './octets';

/** Names of the numbers in P25 messages. Sources are given at each table. */

type Names = ReadonlyMap<number, string>;

/** Algorithm ids (TIA-102.BAAC-D 2.8; 0x05, 0x82, 0x88 and up as public decoders name them). */
const ALGORITHMS: Names = new Map([
  [0x00, 'ACCORDION'],
  [0x01, 'BATON (auto even)'],
  [0x02, 'FIREFLY'],
  [0x03, 'MAYFLY'],
  [0x04, 'SAVILLE'],
  [0x05, 'PADSTONE'],
  [0x41, 'BATON (auto odd)'],
  [0x80, 'clear'],
  [0x81, 'DES-OFB'],
  [0x82, '2-key triple DES'],
  [0x83, '3-key triple DES'],
  [0x84, 'AES-256'],
  [0x85, 'AES-128'],
  [0x88, 'AES-CBC'],
  [0x89, 'AES-128-OFB'],
  [0x9f, 'DES-XL'],
  [0xa0, 'DVI-XL'],
  [0xa1, 'DVP-XL'],
  [0xa2, 'DVP-SPFL'],
  [0xa3, 'HAYSTACK'],
  [0xaa, 'ADP (RC4)'],
  [0xab, 'CFX-256'],
  [0xaf, 'AES-256-GCM'],
]);

export const CLEAR_ALGORITHM = 0x80;

/** TIA-102.AABC-E annex B. */
const DENY_REASONS: Names = new Map([
  [0x10, 'requesting unit not valid'],
  [0x11, 'requesting unit not authorised'],
  [0x12, 'requesting unit not registered'],
  [0x20, 'target unit not valid'],
  [0x21, 'target unit not authorised'],
  [0x22, 'unit failed authentication'],
  [0x23, 'network failed authentication'],
  [0x24, 'unit could not be authenticated'],
  [0x25, 'target unit not registered'],
  [0x26, 'home subsystem of the target unknown'],
  [0x27, 'target unit unavailable'],
  [0x2f, 'target unit refused the call'],
  [0x30, 'target group not valid'],
  [0x31, 'target group not authorised'],
  [0x40, 'invalid dialling'],
  [0x41, 'telephone number not authorised'],
  [0x42, 'telephone address not valid'],
  [0x50, 'call timed out'],
  [0x51, 'landline ended the call'],
  [0x52, 'unit ended the call'],
  [0x53, 'no network resources'],
  [0x54, 'no radio resources'],
  [0x55, 'service already being set up'],
  [0x5f, 'call pre-empted'],
  [0x60, 'site access denied'],
  // 0x61 to 0xEF are the system's own; these two are what Motorola systems send.
  [0x67, 'push-to-talk collision'],
  [0x77, 'push-to-talk refused'],
  [0xf0, 'call options not valid'],
  [0xf1, 'protection option not valid'],
  [0xf2, 'duplex option not valid'],
  [0xf3, 'circuit or packet mode not valid'],
  [0xff, 'service not supported'],
]);

/** TIA-102.AABC-E annex C. */
const QUEUE_REASONS: Names = new Map([
  [0x10, 'requesting unit active in another service'],
  [0x20, 'target unit active in another service'],
  [0x2f, 'target unit has queued this call'],
  [0x30, 'target group active'],
  [0x40, 'no channel free'],
  [0x41, 'no telephone line free'],
  [0x42, 'no data resource free'],
  [0x50, 'a superseding service is active'],
]);

/** TIA-102.AABC-E annex A. */
const CANCEL_REASONS: Names = new Map([
  [0x00, 'none given'],
  [0x10, 'end queueing'],
  [0x20, 'end resource assignment'],
]);

/** Reasons of Motorola's own when a supergroup is denied (TIA-102.AABH 3.2). */
const SUPERGROUP_DENY_REASONS: Names = new Map([
  [0x00, 'encrypted request on a clear supergroup'],
  [0x01, 'clear request on an encrypted supergroup'],
]);

/** How a unit answers a call (TIA-102.AABC-E 4.1). */
const ANSWERS: Names = new Map([
  [0x20, 'proceed'],
  [0x21, 'deny'],
  [0x22, 'wait'],
]);

/** The name of a code; `what` and the number of those that have none. */
const nameIn =
  (names: Names, what: string) =>
  (code: number): string =>
    names.get(code) ?? `${what} 0x${hex(code, 2)}`;

export const algorithmName = nameIn(ALGORITHMS, 'algorithm');
export const denyReason = nameIn(DENY_REASONS, 'reason');
export const supergroupDenyReason = nameIn(SUPERGROUP_DENY_REASONS, 'reason');
export const queueReason = nameIn(QUEUE_REASONS, 'reason');
export const cancelReason = nameIn(CANCEL_REASONS, 'reason');
export const answerName = nameIn(ANSWERS, 'answer');

/** Two-bit answer to an affiliation or registration (TIA-102.AABC-E 6.2.8, 6.2.21). */
const RESPONSES = ['accepted', 'failed', 'denied', 'refused'];
export const responseName = (code: number): string => RESPONSES[code & 3];

/** System service class, from bit 0 (TIA-102.AABC-E 2.3). */
const SERVICE_CLASSES = [
  'composite_control',
  'updates_only',
  'backup_control',
  '',
  'data',
  'voice',
  'registration',
  'authentication',
];

/** Services of the system service broadcast, from bit 0 (TIA-102.AABC-E 6.2.19). */
const SERVICES = [
  'emergency_alarm',
  'call_alert',
  'unit_status_query',
  'user_status_query',
  'unit_status',
  'user_message',
  'user_status',
  'protection_parameters',
  'authentication',
  'group_affiliation_query',
  'group_affiliation',
  'unit_registration',
  '',
  'individual_data',
  'group_data',
  '',
  'unit_to_telephone_voice',
  'telephone_to_unit_voice',
  'individual_voice',
  'group_voice',
  '',
  'network_active',
];

const bitNames = (value: number, names: readonly string[]): string[] =>
  names.filter((name, bit) => name !== '' && (value >> bit) & 1);

export const serviceClass = (octet: number): string[] => bitNames(octet, SERVICE_CLASSES);
export const services = (bitmap: number): string[] => bitNames(bitmap, SERVICES);

/** Classes and operands of extended functions (TIA-102.AABC-E 6.2.6; class 2: AABH 3): both octets as one number. */
const FUNCTIONS: Names = new Map([
  [0x0000, 'radio_check'],
  [0x007d, 'radio_detach'],
  [0x007e, 'radio_uninhibit'],
  [0x007f, 'radio_inhibit'],
  [0x0080, 'radio_check_acknowledge'],
  [0x00fd, 'radio_detach_acknowledge'],
  [0x00fe, 'radio_uninhibit_acknowledge'],
  [0x00ff, 'radio_inhibit_acknowledge'],
  [0x0200, 'individual_regroup'],
  [0x0201, 'individual_regroup_cancel'],
  [0x0202, 'selector_lock'],
  [0x0203, 'selector_unlock'],
  [0x0280, 'individual_regroup_acknowledge'],
  [0x0281, 'individual_regroup_cancel_acknowledge'],
  [0x0282, 'selector_lock_acknowledge'],
  [0x0283, 'selector_unlock_acknowledge'],
]);

export const functionName = nameIn(FUNCTIONS, 'function');

/** Manufacturer ids whose messages are read (TIA-102.BAAC-D 2.3). */
export const MFID = {
  STANDARD: 0x00,
  STANDARD_ALTERNATE: 0x01,
  MOTOROLA: 0x90,
  HARRIS: 0xa4,
  TAIT: 0xd8,
} as const;
