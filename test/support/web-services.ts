import { need, readForm, WebService } from './web-service';

export interface Push {
  topic: string;
  title?: string;
  message: string;
  priority: number;
  tags: string[];
  attachment?: { name: string; bytes: Buffer };
}

const NTFY_PRIORITIES = ['min', 'low', 'default', 'high', 'max'];

/** ntfy (docs.ntfy.sh/publish): text in the body, or with a file name an attachment in the body and text in a header. */
export function ntfy(): Promise<WebService<Push>> {
  return WebService.start(({ method, path, headers, body }) => {
    need(method === 'PUT' || method === 'POST', 'method', 405);
    const topic = /^\/([-_A-Za-z0-9]{1,64})$/.exec(path)?.[1];
    need(topic, `topic ${path}`, 404);
    const header = (name: string) => decodeHeader(headers[name] ?? headers[`x-${name}`]);
    const priority = header('priority') ?? '3';
    const level = /^[1-5]$/.test(priority) ? Number(priority) : NTFY_PRIORITIES.indexOf(priority) + 1;
    need(level >= 1, `priority ${priority}`);
    const name = header('filename');
    const message = name === undefined ? body.toString() : (header('message') ?? '');
    need(message.length > 0 && Buffer.byteLength(message) <= 4096, 'length of the message');
    need(body.length <= 15 * 1024 * 1024, 'attachment too large', 413);
    const taken: Push = {
      topic,
      title: header('title'),
      message,
      priority: level,
      tags: (header('tags') ?? '').split(',').filter(Boolean),
      ...(name === undefined ? {} : { attachment: { name, bytes: body } }),
    };
    return { taken, answer: { id: 'sPs71M8A2T', time: 1735689600, event: 'message', topic, message } };
  });
}

/** Headers are bytes of UTF-8 or RFC 2047 words. */
function decodeHeader(value: string | string[] | undefined): string | undefined {
  if (value === undefined) return undefined;
  return String(value).replace(/=\?UTF-8\?B\?([\w+/=]*)\?=/g, (_all, base64) =>
    Buffer.from(base64, 'base64').toString(),
  );
}

export type PushoverMessage = Record<string, string>;

const PUSHOVER_FIELDS: Record<string, RegExp> = {
  token: /^[A-Za-z0-9]{30}$/,
  user: /^[A-Za-z0-9]{30}$/,
  message: /^.{1,1024}$/s,
  title: /^.{0,250}$/,
  url: /^https?:\/\/.{1,504}$/,
  url_title: /^.{0,100}$/,
  priority: /^-?[012]$/,
  timestamp: /^\d{1,10}$/,
};

/** Pushover (pushover.net/api): fields and their lengths; what it does not know is refused here. */
export function pushover(): Promise<WebService<PushoverMessage>> {
  return WebService.start(async (request) => {
    need(request.method === 'POST' && request.path === '/1/messages.json', 'address', 404);
    const fields = Object.fromEntries([...(await readForm(request))].map(([name, value]) => [name, String(value)]));
    for (const name of ['token', 'user', 'message']) need(fields[name], `${name} is missing`);
    for (const [name, value] of Object.entries(fields)) need(PUSHOVER_FIELDS[name]?.test(value), `${name}: ${value}`);
    return { taken: fields, answer: { status: 1, request: '647d2300-702c-4b38-8b2f-d56326ae460b' } };
  });
}

export interface Transcription {
  name: string;
  type: string;
  bytes: Buffer;
  model: string;
}

/** What every recording says, according to `whisper`. */
export const TRANSCRIPT = 'Engine four, working fire at the old brewery.';

/** OpenAI's POST /v1/audio/transcriptions, which whisper.cpp's and other servers have too. */
export function whisper(): Promise<WebService<Transcription>> {
  return WebService.start(async (request) => {
    need(request.method === 'POST' && request.path === '/v1/audio/transcriptions', 'address', 404);
    need(request.headers['content-type']?.startsWith('multipart/form-data'), 'multipart');
    const form = await readForm(request);
    const file = form.get('file');
    need(file && typeof file !== 'string', 'file');
    need(/\.(flac|mp3|mp4|mpeg|mpga|m4a|ogg|wav|webm)$/.test(file.name), `file name ${file.name}`);
    need(form.get('model'), 'model');
    need(/^(json|text|srt|verbose_json|vtt)$/.test(String(form.get('response_format') ?? 'json')), 'response_format');
    need(/^[a-z]{2}$/.test(String(form.get('language') ?? 'en')), 'language');
    const known = ['file', 'model', 'response_format', 'language', 'prompt', 'temperature'];
    for (const name of form.keys()) need(known.includes(name), `unknown field ${name}`);
    const bytes = Buffer.from(await file.arrayBuffer());
    // The server reads the format from the name.
    need(!file.name.endsWith('.wav') || bytes.toString('latin1', 0, 4) === 'RIFF', 'no WAV file');
    const taken = { name: file.name, type: file.type, bytes, model: String(form.get('model')) };
    return { taken, answer: { text: ` ${TRANSCRIPT}\n` } };
  });
}

export interface Action {
  action: string;
  data: Record<string, unknown>;
}

export const HOME_TOKEN = 'eyJhbGciOiJIUzI1NiJ9.trunkflow.test';

const HOME_FIELDS: Record<string, Record<string, RegExp>> = {
  'light/turn_on': { entity_id: /^light\.\w+$/, flash: /^(short|long)$/ },
  'media_player/play_media': {
    entity_id: /^media_player\.\w+$/,
    media_content_id: /^https?:\/\/.+/,
    media_content_type: /^\w+$/,
  },
};

/** Home Assistant's POST /api/services/<domain>/<service>: JSON, a bearer token, and the fields of the service. */
export function homeAssistant(): Promise<WebService<Action>> {
  return WebService.start(({ method, path, headers, body }) => {
    need(headers.authorization === `Bearer ${HOME_TOKEN}`, 'token', 401);
    const action = /^\/api\/services\/(\w+\/\w+)$/.exec(path)?.[1] ?? '';
    need(method === 'POST' && HOME_FIELDS[action], `address ${path}`, 404);
    need(/^application\/json/.test(headers['content-type'] ?? ''), 'content type');
    const data = JSON.parse(body.toString()) as Record<string, unknown>;
    const fields = HOME_FIELDS[action];
    need(fields.entity_id.test(String(data.entity_id)), 'entity_id');
    for (const [name, value] of Object.entries(data)) need(fields[name]?.test(String(value)), `${name}: ${value}`);
    return { taken: { action, data }, answer: [] };
  });
}
