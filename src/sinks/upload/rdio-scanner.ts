import { isWebPage, judge, keyRefusal, rejection } from './answers';
import { frequencies, patches, sources } from './call-fields';
import { HttpClient, type HttpOptions, type HttpReply, serverUrl, withPath } from './http-client';
import { type FormFields, multipart } from './multipart';
import { shortAnswer } from './redact';
import type { CallService, TestResult, UploadCall, UploadResult } from './service';
import { needText, systemNumber } from './settings';

export interface RdioScannerSettings {
  /** Address of the server, e.g. http://scanner.local:3000. */
  url: string;
  key: string;
  /** Number of the radio system at the server, for the test. */
  system: string;
  /** Send trunk-recorder's sidecar whole instead of single fields, for servers that take only that. */
  sidecar: boolean;
}

/** Uploads to rdio-scanner 6 and 7 (`/api/call-upload`) and to what takes calls as it does. */
export class RdioScanner implements CallService {
  readonly name = 'rdio-scanner';
  readonly takes = ['audio/mp4', 'audio/mpeg', 'audio/ogg', 'audio/wav'] as const;
  private readonly client: HttpClient;
  private readonly url: URL;
  private readonly key: string;

  /** @throws TrunkflowError 'bad-setting' */
  constructor(
    private readonly settings: RdioScannerSettings,
    options: Partial<HttpOptions> = {},
  ) {
    const path = settings.sidecar ? '/api/trunk-recorder-call-upload' : '/api/call-upload';
    this.url = withPath(serverUrl(settings.url), path);
    this.key = needText(settings.key, 'API key', { status: 'no key' });
    this.client = new HttpClient(options);
  }

  async upload(call: UploadCall, signal?: AbortSignal): Promise<UploadResult> {
    const system = systemNumber(call.system);
    const fields = this.settings.sidecar ? this.sidecarFields(call, system) : this.fields(call, system);
    const reply = await this.post(fields, signal);
    const said = this.said(reply);
    if (reply.status === 200 && /^Call imported successfully/.test(reply.body.trim())) {
      return { outcome: 'uploaded', answer: said };
    }
    const host = this.url.host;
    // A proxy that wants a password answers 401 too, but not in these words.
    if (reply.status === 401 && /^Invalid API key/.test(said)) return keyRefusal(host, said);
    if (reply.status === 417 && /^(Incomplete|Invalid) call data/.test(said)) {
      return rejection(`${host} rejects a call`, said);
    }
    // It lost a part of what was sent.
    if (reply.status === 417) return judge({ ...reply, status: 502 }, host, [this.key]);
    return judge(reply, host, [this.key]);
  }

  /**
   * Posts key and system only. The server checks what is missing before it looks at the key, so this shows that it is
   * an rdio-scanner, and nothing is stored; the key is proven by the first call.
   */
  async test(signal?: AbortSignal): Promise<TestResult> {
    const system = systemNumber(this.settings.system);
    const reply = await this.post(
      [
        ['key', this.key],
        ['system', system],
      ],
      signal,
    );
    const detail = this.said(reply);
    if (/^Incomplete call data/.test(detail)) return { code: 'reachable', detail };
    if (/^Invalid API key/.test(detail)) return { code: 'key_refused', detail };
    return { code: isWebPage(reply) || reply.status < 500 ? 'wrong_service' : 'unreachable', detail };
  }

  private fields(upload: UploadCall, system: number): FormFields {
    const { call, audio } = upload;
    // Order matters to version 7, where a later field overwrites what an earlier one said.
    return [
      ['audio', { filename: audio.name, type: audio.mime, data: audio.data }],
      ['audioName', audio.name],
      ['audioType', audio.mime],
      ['dateTime', call.start_time],
      ['timestamp', call.start_time_ms],
      ['frequency', Math.round(call.freq)],
      ['frequencies', JSON.stringify(frequencies(upload).map(asFrequency))],
      ['key', this.key],
      ['patches', JSON.stringify(patches(upload))],
      ['sources', JSON.stringify(sources(upload).map(({ pos, src, tag }) => ({ pos, src, ...(tag ? { tag } : {}) })))],
      ['system', system],
      ['systemLabel', call.sys_name],
      ['talkgroup', call.talkgroup],
      ['talkgroupGroup', call.talkgroup_group || undefined],
      ['talkgroupLabel', call.talkgroup_alpha_tag || undefined],
      ['talkgroupName', call.talkgroup_description || undefined],
      ['talkgroupTag', call.talkgroup_tag || undefined],
    ];
  }

  private sidecarFields({ audio, metadata }: UploadCall, system: number): FormFields {
    const meta = Buffer.from(JSON.stringify(metadata));
    return [
      ['key', this.key],
      ['system', system],
      ['audio', { filename: audio.name, type: audio.mime, data: audio.data }],
      ['meta', { filename: 'call_meta.json', type: 'application/json', data: meta }],
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

function asFrequency({ freq, pos, len, error_count, spike_count }: ReturnType<typeof frequencies>[number]) {
  return { freq, pos, len, errorCount: error_count, spikeCount: spike_count };
}
