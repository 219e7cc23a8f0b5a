import type { NodeAPI } from 'node-red';
import { asTrunkflowError, TrunkflowError } from '../../src/core/errors';
import { createService } from '../../src/sinks/upload/create-service';
import { serverUrl } from '../../src/sinks/upload/http-client';
import { testIcecast } from '../../src/sinks/upload/icecast/test-icecast';
import { redact } from '../../src/sinks/upload/redact';
import type { TestResult } from '../../src/sinks/upload/service';
import { textSetting } from '../lib/settings';
import { icecastSettings, serviceName, serviceSettings, type UploadConfig } from './upload-settings';

/** What the editor shows in the place of a password that is set. */
const UNCHANGED = '__PWRD__';
const TIMEOUT = 20_000;
/** Tests that may run at once. */
const MOST_TESTS = 3;

/**
 * Lets the editor try settings before they are deployed: POST /trunkflow/upload/<node id>/test with the form's fields and
 * `key`. A key that was not typed anew is the deployed node's, and goes only to the server it was deployed for.
 */
export function mountTest(RED: NodeAPI): void {
  let running = 0;
  const { httpAdmin, auth } = RED;
  httpAdmin.post(
    '/trunkflow/upload/:id/test',
    auth.needsPermission('radio-upload.write'),
    async (request, response) => {
      // Forms of other sites cannot send JSON: without a login in front of the editor they could have things tried.
      if (!request.is('application/json')) {
        response.status(415).json({ code: 'incomplete', detail: '' });
        return;
      }
      if (running >= MOST_TESTS) {
        response.status(429).json({ code: 'unreachable', detail: '' });
        return;
      }
      running++;
      try {
        response.json(await test(RED, String(request.params.id), request.body ?? {}));
      } finally {
        running--;
      }
    },
  );
}

async function test(RED: NodeAPI, id: string, form: Partial<UploadConfig> & { key?: unknown }): Promise<TestResult> {
  let secret = '';
  try {
    const config = { rules: [], bitrate: 32, ...form } as unknown as UploadConfig;
    const service = serviceName(config.service);
    secret = key(RED, id, config, form.key);
    const signal = AbortSignal.timeout(TIMEOUT);
    if (service === 'icecast') return await testIcecast(icecastSettings(config, secret), signal);
    return await createService(serviceSettings(config, service, secret), { timeout: TIMEOUT }).test(signal);
  } catch (cause) {
    const error = asTrunkflowError(cause, 'network', 'The test failed');
    const code = error.code === 'bad-setting' ? 'incomplete' : 'unreachable';
    return { code, detail: redact(error.message, [secret]) };
  }
}

/** The key that was typed, or the deployed one where it may be used. */
function key(RED: NodeAPI, id: string, config: UploadConfig, typed: unknown): string {
  const text = textSetting(typed);
  if (text && text !== UNCHANGED) return text;
  const stored = textSetting((RED.nodes.getCredentials(id) as { key?: unknown } | undefined)?.key);
  if (!stored) return '';
  // Also of a node that is switched off, which there is no object of.
  let owner: string | undefined;
  RED.nodes.eachNode((node) => {
    if (node.id === id && node.type === 'radio-upload') owner = keyOwner(node as UploadConfig);
  });
  if (owner !== undefined && owner === keyOwner(config)) return stored;
  throw new TrunkflowError('bad-setting', 'This is another server than the one the key was entered for', {
    hint: 'Enter the key again to try it there',
    status: 'enter key again',
  });
}

/** Service and server a key belongs to; undefined when the address cannot be used. */
function keyOwner({ service, url }: UploadConfig): string | undefined {
  const text = textSetting(url);
  try {
    return `${textSetting(service)} ${text ? serverUrl(text).origin : ''}`;
  } catch {
    return undefined;
  }
}
