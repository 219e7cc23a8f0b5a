import { COUNTERS } from '../../src/protocols/p25/counters';
import { COUNTERS as PHASE2_COUNTERS } from '../../src/protocols/p25-phase2/counters';
import { EVENT_TYPES } from './events';
import { COUNTER_MEANINGS, FIELDS } from './fields';
import { type Field, fieldsOf } from './interfaces';
import { p25Events } from './p25-events';

const MESSAGES = 'src/core/messages.ts';
const EVENTS = 'src/core/events.ts';
/** Added to the protocol's counters by the stage. */
const STAGE_COUNTERS = ['gaps', 'inverted'];
/** Fields every event of a protocol has besides its own. */
const COMMON = ['type', 'protocol', 'stream', 'time'];

/** A field as the page shows it. */
export interface Row {
  name: string;
  type: string;
  unit: string;
  always: boolean;
  text: string;
}

export interface Section {
  title: string;
  text: string;
  rows: Row[];
}

/** A field's unit and meaning; every field has a meaning, and every number is known to have a unit or none. */
function row(owner: string, name: string, type: string, always: boolean, docstring = ''): Row {
  const [unit, text] = FIELDS[`${owner}.${name}`] ?? FIELDS[name] ?? ['', docstring];
  const known = `${owner}.${name}` in FIELDS || name in FIELDS;
  if (!text || (!known && /number/.test(type)))
    throw new Error(`scripts/schema/fields.ts does not explain ${owner}.${name}`);
  return { name, type, unit, always, text };
}

/** An interface as a section; `owner` is how fields.ts calls it. */
function section(title: string, text: string, owner: string, file: string, name: string): Section {
  return { title, text, rows: fieldsOf(file, name).map((field) => rowOf(owner, field)) };
}

function rowOf(owner: string, { name, optional, type, text }: Field): Row {
  return row(owner, name, readable(type), !optional, text);
}

/** A type as people who do not write TypeScript read it. */
function readable(type: string): string {
  return type
    .replace(/\bIqFormat\b/, "'cu8' | 'cs8' | 'cs16' | 'cf32'")
    .replace(/\bVoiceCodec\b/, "'imbe' | 'ambe2'")
    .replace(/\bVoiceFormat\b/, "'soft' | 'packed' | 'bare'")
    .replace(/Record<string, number>/, 'object')
    .replace(/\{[^}]*\}/, 'object')
    .replace(/\bRecordingFormat\b/, 'string')
    .replace(/\bCallInfo\b/, 'call')
    .replace(/\bCallSource\b/, 'call source')
    .replace(/\bSymbolFrame\b/, 'frame')
    .replace(/\bChannelRequest\b/g, 'channel request')
    .replace(/\bChannelSignal\b/, 'object')
    .replace(/([\w ]+)\[\]/g, 'list of $1')
    .replaceAll("'", '`')
    .replaceAll(' | ', ', ');
}

/** The type of a value in JSON. */
export function jsonType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `list of ${value.length > 0 ? typeof value[0] : 'anything'}`;
  return typeof value;
}

/** Sections of the events, from what the decoder's own parsers give. */
export function eventSections(): Section[] {
  const seen = new Map<string, { count: number; fields: Map<string, { count: number; types: Set<string> }> }>();
  for (const event of p25Events()) {
    const entry = seen.get(event.type) ?? { count: 0, fields: new Map() };
    seen.set(event.type, entry);
    entry.count++;
    for (const [name, value] of Object.entries(event)) {
      if (value === undefined || COMMON.includes(name)) continue;
      const field = entry.fields.get(name) ?? { count: 0, types: new Set() };
      entry.fields.set(name, field);
      field.count++;
      field.types.add(jsonType(value));
    }
  }
  const missing = [...seen.keys()].filter((type) => !(type in EVENT_TYPES));
  const extra = Object.keys(EVENT_TYPES).filter((type) => !seen.has(type));
  if (missing.length + extra.length > 0)
    throw new Error(`scripts/schema/events.ts does not fit: ${missing} missing, ${extra} not given by the decoder`);
  return Object.entries(EVENT_TYPES).map(([type, text]) => {
    const { count, fields } = seen.get(type)!;
    return {
      title: type,
      text,
      rows: [...fields].map(([name, field]) => row(type, name, typesOf(field.types), field.count === count)),
    };
  });
}

function typesOf(types: Set<string>): string {
  if (types.size > 1) types.delete('list of anything');
  return [...types].sort((a, b) => Number(a === 'null') - Number(b === 'null') || a.localeCompare(b)).join(', ');
}

function counterSection(): Section {
  const rows = [...new Set([...Object.keys(COUNTERS), ...Object.keys(PHASE2_COUNTERS), ...STAGE_COUNTERS])].map(
    (name) => {
      if (!COUNTER_MEANINGS[name]) throw new Error(`scripts/schema/fields.ts does not explain the counter ${name}`);
      return {
        name,
        type: 'number',
        unit: '',
        always: name in COUNTERS || STAGE_COUNTERS.includes(name),
        text: COUNTER_MEANINGS[name],
      };
    },
  );
  return { title: 'counters', text: '`counters` of the `stats` events of P25.', rows };
}

/** All sections of the page, by chapter. */
export function chapters(): { title: string; text: string; sections: Section[] }[] {
  return [
    {
      title: 'Calls',
      text:
        '`msg.payload` of the second output of a *call follower* and of the output of a *call recorder*; `msg.audio.call` and ' +
        '`msg.voice.call` while it lasts. Named as trunk-recorder names them. `msg.event` is `start`, `update`, `end`, ' +
        '`not_followed` or `recorded`, `msg.topic` is `<system>/<talkgroup>`.',
      sections: [
        section('call', '', 'call', MESSAGES, 'CallInfo'),
        section('call source', 'An entry of `sources`: one turn of one unit.', 'call source', MESSAGES, 'CallSource'),
        {
          title: 'msg.recording',
          text:
            'Beside the call in the messages of a *call recorder*, with `msg.filename`, `msg.sidecar`, `msg.audio` (the file), ' +
            '`msg.mime` and `msg.metadata` (what stands in [the JSON file](recorder.md)).',
          rows: [
            row('msg.recording', 'id', 'string', true),
            row('msg.recording', 'format', 'string', true),
            row('msg.recording', 'length', 'number', true),
            row('msg.recording', 'transmission', 'number', false),
            row('msg.recording', 'archive', 'string', true),
          ],
        },
        section(
          'logged call',
          'An entry of the [call log](archive.md), as the listening page gets it.',
          'logged call',
          'src/sinks/archive/archive.ts',
          'ArchivedCall',
        ),
      ],
    },
    {
      title: 'Events',
      text:
        '`msg.payload` of the first output of a *trunk decoder*; `msg.topic` is `<system>/<type>`. Every event has `type`, ' +
        '`protocol`, `stream` and `time`, and `nac` where the protocol has one.',
      sections: [
        {
          title: 'every event',
          text: '',
          rows: [
            row('event', 'type', 'string', true),
            row('event', 'protocol', 'string', true),
            row('event', 'stream', 'string', true),
            row('event', 'time', 'number', true),
            row('event', 'nac', 'string', false),
          ],
        },
        {
          ...section(
            'stats',
            'How well a stream is read, once a second and at its end.',
            'stats',
            EVENTS,
            'StatsEvent',
          ),
          rows: fieldsOf(EVENTS, 'StatsEvent')
            .filter(({ name }) => ![...COMMON, 'nac'].includes(name))
            .map((field) => rowOf('stats', field)),
        },
        counterSection(),
        section(
          'diagnosis',
          'What keeps a node from doing its work, once for each change, see [diagnosis](troubleshooting.md#diagnosis). A decoder adds `protocol`.',
          'diagnosis',
          EVENTS,
          'DiagnosisEvent',
        ),
        {
          ...section(
            'offset',
            'The carrier lies beside the frequency of the channel: told three seconds after a channel is read, and when it changes.',
            'offset',
            EVENTS,
            'OffsetEvent',
          ),
          rows: fieldsOf(EVENTS, 'OffsetEvent')
            .filter(({ name }) => ![...COMMON, 'nac'].includes(name))
            .map((field) => rowOf('offset', field)),
        },
        ...eventSections(),
        {
          title: 'channel',
          text: 'From the second output of a *channelizer*: a channel opened, closed or could not be opened. It has no `protocol`.',
          rows: [
            ...fieldsOf(EVENTS, 'ChannelEvent')
              .filter(({ name }) => name !== 'type')
              .map((field) => rowOf('channel', field)),
            row('channel', 'time', 'number', false),
            row('channel', 'detail', 'string, object', false),
          ],
        },
        {
          title: 'source',
          text: 'From the second output of an *sdr source*, whenever its state changes. It has no `protocol` and no `time`.',
          rows: [
            row('source', 'stream', 'string', true),
            row('source', 'state', 'string', true),
            row('source', 'text', 'string', true),
          ],
        },
      ],
    },
    {
      title: 'Signals',
      text:
        'What stands beside the `Buffer` in `msg.payload` on the other wires. The [architecture](architecture.md#messages) says ' +
        'how they are to be treated.',
      sections: [
        section('msg.iq', 'Complex samples.', 'msg.iq', MESSAGES, 'IqInfo'),
        section('msg.audio', 'Sound, 16-bit little-endian mono.', 'msg.audio', MESSAGES, 'AudioInfo'),
        section('msg.symbols', 'Soft symbols, 32-bit little-endian floats.', 'msg.symbols', MESSAGES, 'SymbolsInfo'),
        section('frame', 'An entry of `msg.symbols.frames`.', 'frame', MESSAGES, 'SymbolFrame'),
        section('msg.voice', 'Coded voice.', 'msg.voice', MESSAGES, 'VoiceInfo'),
        section('msg.control', 'Commands to a node; a message may hold several.', 'msg.control', MESSAGES, 'Control'),
        section('channel request', 'What `open` takes.', 'channel request', MESSAGES, 'ChannelRequest'),
      ],
    },
  ];
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** The page docs/schema.md. */
export function page(): string {
  const lines = [
    '# Every field of calls, events and messages',
    '',
    'Made from the code by `npm run schema`; a test compares it. A field marked ✓ is always there. Types are those of JSON;',
    'times are stream time, that is the time of the signal, also when a recording is played fast. What goes to an MQTT broker is',
    'listed in [mqtt.md](mqtt.md).',
    '',
  ];
  for (const { title, text, sections } of chapters()) {
    lines.push(`## ${title}`, '', text, '');
    for (const part of sections) {
      lines.push(`### ${part.title}`, '');
      if (part.text) lines.push(part.text, '');
      if (part.rows.length === 0) continue;
      lines.push('| field | type | unit | always | meaning |', '|---|---|---|---|---|');
      for (const { name, type, unit, always, text: meaning } of part.rows)
        lines.push(`| \`${name}\` | ${cell(type)} | ${unit} | ${always ? '✓' : ''} | ${cell(meaning)} |`);
      lines.push('');
    }
  }
  return `${lines.join('\n').trimEnd()}\n`;
}
