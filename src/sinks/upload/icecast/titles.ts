import type { CallInfo } from '../../../core/messages';
import type { HttpClient } from '../http-client';
import { oneLine } from '../one-line';
import { type IcecastSettings, target } from './settings';

/**
 * A title by a pattern: %TGID% talkgroup, %TAG% its name, %RID% unit, %RTAG% its name, %SYSTEM% radio system. What is not
 * known is shown as its number, or left out.
 */
export function callTitle(pattern: string, call: CallInfo): string {
  const unit = call.unit > 0 ? String(call.unit) : '';
  const values: Record<string, string> = {
    TGID: String(call.talkgroup),
    TAG: call.talkgroup_alpha_tag || String(call.talkgroup),
    RID: unit,
    RTAG: call.unit_alpha_tag || unit,
    SYSTEM: call.sys_name,
  };
  return tidy(pattern.replace(/%(TGID|TAG|RID|RTAG|SYSTEM)%/g, (_, field: string) => values[field]));
}

/** As players can show it. */
export function tidy(text: string): string {
  return oneLine(text, 200);
}

/** Tells an Icecast server the title of an MP3 stream, one at a time; the latest wins. */
export class TitleUpdates {
  private wanted?: string;
  private sent?: string;
  private busy = false;

  constructor(
    private readonly settings: IcecastSettings,
    private readonly client: HttpClient,
  ) {}

  set(title: string): void {
    this.wanted = title;
    if (!this.busy) void this.pump();
  }

  /** A new connection knows no title. */
  forget(): void {
    this.sent = undefined;
  }

  /** Titles are an extra: one that does not arrive is followed by the next. */
  private async pump(): Promise<void> {
    this.busy = true;
    while (this.wanted !== this.sent) {
      const title = this.wanted!;
      this.sent = title;
      await this.send(title).catch(() => {});
    }
    this.busy = false;
  }

  private async send(title: string): Promise<void> {
    const { url, mount, authorization } = target(this.settings);
    const update = new URL('/admin/metadata', url);
    update.search = new URLSearchParams({ mount, mode: 'updinfo', charset: 'UTF-8', song: title }).toString();
    await this.client.send({ method: 'GET', url: update, headers: { Authorization: authorization } });
  }
}
