import { isWebPage, judge, keyRefusal, rejection } from './answers';
import { frequencies, patches, sources } from './call-fields';
import { HttpClient, type HttpOptions, type HttpReply, serverUrl, withPath } from './http-client';
import { multipart } from './multipart';
import { shortAnswer } from './redact';
import { type CallService, EXTENSIONS, type TestResult, type UploadCall, type UploadResult } from './service';
import { needText } from './settings';

export const OPENMHZ_URL = 'https://api.openmhz.com';

export interface OpenMhzSettings {
  /** Empty = OpenMHz itself. */
  url: string;
  key: string;
  /** The system's short name there, for the test. */
  system: string;
}

/** Answers after which the same call must not be sent again, with what they mean. All come with status 500. */
const FINAL = [
  { words: /^ShortName does not exist/, meaning: 'does not know the system', status: 'unknown system' },
  { words: /^Error, invalid filename/, meaning: 'does not take this kind of file', status: 'bad file' },
  { words: /^Talkgroup does not exist/, meaning: 'does not know the talkgroup', status: 'unknown talkgroup' },
];

/** Uploads to OpenMHz. */
export class OpenMhz implements CallService {
  readonly name = 'openmhz';
  readonly takes = ['audio/mp4', 'audio/mpeg'] as const;
  private readonly client: HttpClient;
  private readonly base: URL;
  private readonly key: string;

  /** @throws TrunkflowError 'bad-setting' */
  constructor(
    private readonly settings: OpenMhzSettings,
    options: Partial<HttpOptions> = {},
  ) {
    this.base = serverUrl(settings.url || OPENMHZ_URL);
    this.key = needText(settings.key, 'API key', { status: 'no key' });
    this.client = new HttpClient(options);
  }

  async upload(upload: UploadCall, signal?: AbortSignal): Promise<UploadResult> {
    const { call, audio, length } = upload;
    const stretches = frequencies(upload);
    // The server looks at the end of the name, and takes these two only.
    const filename = `${audio.name.replace(/\.\w+$/, '')}.${EXTENSIONS[audio.mime]}`;
    const heard = sources(upload).map(({ pos, src, tag }) => ({ pos, src, ...(tag ? { tag } : {}) }));
    const { type, body } = multipart([
      ['call', { filename, type: 'application/octet-stream', data: audio.data }],
      ['freq', Math.round(call.freq)],
      ['error_count', sum(stretches, 'error_count') ?? call.error_count],
      ['spike_count', sum(stretches, 'spike_count') ?? call.spike_count],
      ['start_time', call.start_time],
      ['stop_time', call.stop_time],
      ['call_length', Math.round(length)],
      ['talkgroup_num', call.talkgroup],
      ['emergency', Number(call.emergency)],
      ['api_key', this.key],
      ['patch_list', JSON.stringify(patches(upload))],
      ['source_list', JSON.stringify(heard)],
    ]);
    const url = this.url(upload.system, 'upload');
    const reply = await this.client.send({ method: 'POST', url, headers: { 'Content-Type': type }, body, signal });
    const said = this.said(reply);
    if (reply.status === 200 && !isWebPage(reply)) return { outcome: 'uploaded', answer: said };
    if (/^API Keys do not match/.test(said)) return keyRefusal(url.host, said);
    for (const { words, meaning, status } of FINAL) {
      if (words.test(said)) return rejection(`${url.host} ${meaning}`, said, { status });
    }
    return judge(reply, url.host, [this.key]);
  }

  /** Asks whether the key belongs to the system. */
  async test(signal?: AbortSignal): Promise<TestResult> {
    const reply = await this.client.send({
      method: 'POST',
      url: this.url(this.settings.system, 'authorize'),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: Buffer.from(new URLSearchParams({ api_key: this.key }).toString()),
      signal,
    });
    const detail = this.said(reply);
    if (isWebPage(reply)) return { code: 'wrong_service', detail };
    if (reply.status === 200) return { code: 'accepted', detail };
    if (reply.status === 403) return { code: 'key_refused', detail };
    if (/^Invalid System Name/.test(detail)) return { code: 'unknown_system', detail };
    return { code: reply.status < 500 ? 'wrong_service' : 'unreachable', detail };
  }

  private url(shortName: string, action: string): URL {
    const name = needText(shortName, 'short name of the system', { status: 'no short name' });
    return withPath(this.base, `/${encodeURIComponent(name)}/${action}`);
  }

  private said({ body }: HttpReply): string {
    return shortAnswer(body, [this.key]);
  }
}

function sum(list: ReturnType<typeof frequencies>, field: 'error_count' | 'spike_count'): number | undefined {
  return list.length > 0 ? list.reduce((total, item) => total + item[field], 0) : undefined;
}
