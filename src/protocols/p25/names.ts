/** Names of the numbers in P25 messages. Sources are given at each table. */

type Names = Readonly<Record<number, string>>;

/** Algorithm ids (TIA-102.BAAC; those above 0x9E are manufacturers'). */
const ALGORITHMS: Names = {
  0: 'ACCORDION',
  1: 'BATON (auto even)',
  2: 'FIREFLY',
  3: 'MAYFLY',
  4: 'SAVILLE',
  5: 'PADSTONE',
  65: 'BATON (auto odd)',
  128: 'clear',
  129: 'DES-OFB',
  130: '2-key triple DES',
  131: '3-key triple DES',
  132: 'AES-256',
  133: 'AES-128',
  136: 'AES-CBC',
  137: 'AES-128-OFB',
  159: 'DES-XL',
  160: 'DVI-XL',
  161: 'DVP-XL',
  162: 'DVP-SPFL',
  163: 'HAYSTACK',
  170: 'ADP (RC4)',
  171: 'CFX-256',
  175: 'AES-256-GCM',
};

export const CLEAR_ALGORITHM = 0x80;

export function algorithmName(id: number): string {
  return ALGORITHMS[id] ?? `algorithm 0x${id.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** TIA-102.AABC annex B. */
const DENY_REASONS: Names = {
  16: 'requesting unit not valid',
  17: 'requesting unit not authorised',
  18: 'requesting unit not registered',
  32: 'target unit not valid',
  33: 'target unit not authorised',
  34: 'unit failed authentication',
  35: 'network failed authentication',
  36: 'unit could not be authenticated',
  37: 'target unit not registered',
  38: 'home subsystem of the target unknown',
  39: 'target unit unavailable',
  47: 'target unit refused the call',
  48: 'target group not valid',
  49: 'target group not authorised',
  64: 'invalid dialling',
  65: 'telephone number not authorised',
  66: 'telephone address not valid',
  80: 'call timed out',
  81: 'landline ended the call',
  82: 'unit ended the call',
  83: 'no network resources',
  84: 'no radio resources',
  85: 'service already being set up',
  95: 'call pre-empted',
  96: 'site access denied',
  240: 'call options not valid',
  241: 'protection option not valid',
  242: 'duplex option not valid',
  243: 'circuit or packet mode not valid',
  255: 'service not supported',
};

/** TIA-102.AABC annex C. */
const QUEUE_REASONS: Names = {
  16: 'requesting unit active in another service',
  32: 'target unit active in another service',
  47: 'target unit has queued this call',
  48: 'target group active',
  64: 'no channel free',
  65: 'no telephone line free',
  66: 'no data resource free',
  80: 'a superseding service is active',
};

/** TIA-102.AABC annex A. */
const CANCEL_REASONS: Names = { 0: 'none given', 16: 'end queueing', 32: 'end resource assignment' };

export const denyReason = (code: number): string => DENY_REASONS[code] ?? `reason ${code}`;
export const queueReason = (code: number): string => QUEUE_REASONS[code] ?? `reason ${code}`;
export const cancelReason = (code: number): string => CANCEL_REASONS[code] ?? `reason ${code}`;

/** Two-bit answer to an affiliation or registration (TIA-102.AABC 6.2.8, 6.2.21). */
const RESPONSES = ['accepted', 'failed', 'denied', 'refused'];
export const responseName = (code: number): string => RESPONSES[code & 3];

/** System service class, from bit 0 (TIA-102.AABC 2.3.12). */
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

/** Services of the system service broadcast, from bit 0 (TIA-102.AABC 6.2.19). */
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

/** Classes and operands of extended functions (TIA-102.AABC 6.2.6): both octets as one number. */
const FUNCTIONS: Names = {
  0: 'radio_check',
  125: 'radio_detach',
  126: 'radio_uninhibit',
  127: 'radio_inhibit',
  128: 'radio_check_acknowledge',
  253: 'radio_detach_acknowledge',
  254: 'radio_uninhibit_acknowledge',
  255: 'radio_inhibit_acknowledge',
  512: 'supergroup_create',
  513: 'supergroup_cancel',
  640: 'supergroup_create_acknowledge',
  641: 'supergroup_cancel_acknowledge',
};

export const functionName = (code: number): string => FUNCTIONS[code] ?? `function ${code}`;

/** Manufacturer ids that occur on air (TIA-102.BAAC). */
export const MFID = { STANDARD: 0x00, STANDARD_ALTERNATE: 0x01, MOTOROLA: 0x90, HARRIS: 0xa4 } as const;
