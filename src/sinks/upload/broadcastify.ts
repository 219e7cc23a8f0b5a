import { TrunkflowError } from '../../core/errors';
import { isWebPage, judge, keyRefusal, rejection, retryAfter } from './answers';
import { sources } from './call-fields';
import { HttpClient, type HttpOptions, type HttpReply, serverUrl } from './http-client';
import { type FormFields, multipart } from './multipart';
import { shortAnswer } from './redact';
import type { AudioMime, CallService, TestResult, UploadCall, UploadResult } from './service';
import { needText, systemNumber } from './settings';

export const BROADCASTIFY_URL = 'https://api.broadcastify.com/call-upload';

export interface BroadcastifySettings {
  /** Empty = the productive address; there is another one for development. */
  url: string;
  key: string;
  /** The system's number there, for the test. */
  system: string;
  /**
   * Send trunk-recorder's sidecar instead of single fields: what the service expects depends on the software that was
   * named there.
   */
  sidecar: boolean;
}

/** Content types of the second step. */
const PUT_TYPES: Readonly<Partial<Record<AudioMime, string>>> = {
  'audio/mpeg': 'audio/mpeg',
  'audio/mp4': 'audio/aac',
};
const ENCODINGS: Readonly<Partial<Record<AudioMime, string>>> = { 'audio/mpeg': 'mp3', 'audio/mp4': 'm4a' };

/** Uploads to Broadcastify Calls: the call is announced first, then its audio put to an address made for it. */
export class Broadcastify implements CallService {
  readonly name = 'broadcastify';
  readonly takes: readonly AudioMime[];
  private readonly client: HttpClient;
  private readonly url: URL;
  private readonly key: string;

  /** @throws TrunkflowError 'bad-setting' */
  constructor(
    private readonly settings: BroadcastifySettings,
    options: Partial<HttpOptions> = {},
  ) {
    this.url = serverUrl(settings.url || BROADCASTIFY_URL);
    this.key = needText(settings.key, 'API key', { status: 'no key' });
    // The sidecar does not name the encoding; whoever sends it sends M4A.
    this.takes = settings.sidecar ? ['audio/mp4'] : ['audio/mp4', 'audio/mpeg'];
    this.client = new HttpClient(options);
  }

  async upload(call: UploadCall, signal?: AbortSignal): Promise<UploadResult> {
    const system = systemNumber(call.system);
    const reply = await this.post(
      this.settings.sidecar ? this.sidecarFields(call, system) : this.fields(call, system),
      signal,
    );
    const { host } = this.url;
    const said = this.said(reply);
    if (reply.status !== 200 || isWebPage(reply)) return judge(reply, host, [this.key]);
    const [, code, words] = /^(\d+)\s+(\S.*)$/.exec(reply.body.trim().split('\n')[0]) ?? [];
    if (code === '0') return this.put(call, words, signal);
    if (code === '1' && words.startsWith('SKIPPED')) return { outcome: 'duplicate', answer: said };
    if (code === '1' && words.startsWith('REJECTED')) return rejection(`${host} rejects a call`, said);
    if (/api.?key|access.?denied/i.test(words ?? '')) return keyRefusal(host, said);
    if (code === undefined) return judge(reply, host, [this.key]);
    const error = new TrunkflowError('network', `${host} does not take a call`, { got: said, status: 'not taken' });
    return { outcome: 'retry', scope: 'call', error, after: retryAfter(reply) };
  }

  async test(signal?: AbortSignal): Promise<TestResult> {
    const fields: FormFields = [
      ['apiKey', this.key],
      ['systemId', systemNumber(this.settings.system)],
      ['test', 1],
    ];
    const reply = await this.post(fields, signal);
    const detail = this.said(reply);
    if (isWebPage(reply)) return { code: 'wrong_service', detail };
    if (reply.status === 200 && /^ok\b/i.test(detail)) return { code: 'accepted', detail };
    if (/system/i.test(detail)) return { code: 'unknown_system', detail };
    if (/key|denied/i.test(detail) || [401, 403].includes(reply.status)) return { code: 'key_refused', detail };
    return { code: reply.status < 500 ? 'wrong_service' : 'unreachable', detail };
  }

  /** Step two. The address is a permission by itself: it is never kept, shown or logged. */
  private async put({ audio }: UploadCall, address: string, signal?: AbortSignal): Promise<UploadResult> {
    const url = this.oneTimeUrl(address);
    const headers = { 'Content-Type': PUT_TYPES[audio.mime]! };
    const reply = await this.client.send({ method: 'PUT', url, headers, body: audio.data, signal });
    if (reply.status >= 200 && reply.status < 300) return { outcome: 'uploaded', answer: '' };
    const result = judge(reply, url.host, [this.key, address, ...permissions(url)]);
    // Whatever the storage has against it: the call must be announced again, for a new address.
    return result.outcome === 'rejected' ? { outcome: 'retry', scope: 'call', error: result.error } : result;
  }

  private oneTimeUrl(address: string): URL {
    let url: URL | undefined;
    try {
      url = new URL(address);
    } catch {}
    // Audio does not travel in the clear when the announcement did not.
    if (url?.protocol === 'https:' || url?.protocol === this.url.protocol) return url;
    throw new TrunkflowError('network', `${this.url.host} gave no usable address for the audio`, {
      status: 'odd answer',
    });
  }

  private fields(upload: UploadCall, system: number): FormFields {
    const { call, length, audio } = upload;
    return [
      ['apiKey', this.key],
      ['systemId', system],
      ['callDuration', length.toFixed(3)],
      ['ts', call.start_time],
      ['tg', call.talkgroup],
      ['src', sources(upload)[0]?.src ?? 0],
      ['freq', String(Number((call.freq / 1e6).toFixed(6)))],
      ['enc', ENCODINGS[audio.mime]],
      ['srcId_alias', alias(upload)],
    ];
  }

  private sidecarFields(upload: UploadCall, system: number): FormFields {
    const data = Buffer.from(JSON.stringify(upload.metadata));
    return [
      ['metadata', { filename: 'call_meta.json', type: 'application/json', data }],
      ['callDuration', upload.length.toFixed(6)],
      ['systemId', system],
      ['apiKey', this.key],
      ['srcId_alias', alias(upload)],
    ];
  }

  private post(fields: FormFields, signal?: AbortSignal): Promise<HttpReply> {
    const { type, body } = multipart(fields);
    return this.client.send({ method: 'POST', url: this.url, headers: { 'Content-Type': type }, body, signal });
  }

  private said({ body }: HttpReply): string {
    return shortAnswer(body, [this.key]);
  }
}

/** What of an address made for one recording may be a permission: storages repeat parts of it in their errors. */
function permissions({ pathname, search, searchParams }: URL): string[] {
  return [search, pathname, ...searchParams.values()].filter((part) => part.length >= 6);
}

/** The name the talking radio sent over the air. */
function alias(upload: UploadCall): string | undefined {
  return sources(upload).find(({ tag_ota }) => tag_ota)?.tag_ota;
}
