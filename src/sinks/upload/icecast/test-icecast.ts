import type { TestResult } from '../service';
import type { IcecastSettings } from './settings';
import { connectSource, SourceRefused } from './source-connection';

/** Connects as a source, and hangs up at once. A mount point in use stays as it is. */
export async function testIcecast(settings: IcecastSettings, signal?: AbortSignal): Promise<TestResult> {
  try {
    const contentType = settings.format === 'opus' ? 'audio/ogg' : 'audio/mpeg';
    const socket = await connectSource(settings, contentType, { signal });
    socket.on('error', () => {});
    socket.destroy();
    return { code: 'accepted', detail: '' };
  } catch (error) {
    if (!(error instanceof SourceRefused)) throw error;
    const code = { password: 'key_refused', in_use: 'mount_in_use', refused: 'wrong_service' } as const;
    return { code: code[error.kind], detail: error.got ?? '' };
  }
}
