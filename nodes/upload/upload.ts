import { resolve } from 'node:path';
import type { NodeAPI, Node as RedNode } from 'node-red';
import type { TrunkflowError } from '../../src/core/errors';
import { serve } from '../lib/node-input';
import { StatusLine, type StatusText } from '../lib/status-line';
import { callUploads } from './call-uploads';
import { icecastStream } from './icecast-stream';
import type { Sender, SenderNode } from './sender';
import { mountTest } from './test-endpoint';
import { serviceName, type UploadConfig } from './upload-settings';

function register(RED: NodeAPI): void {
  mountTest(RED);

  RED.nodes.registerType(
    'radio-upload',
    function (this: RedNode<{ key: unknown }>, config: UploadConfig) {
      RED.nodes.createNode(this, config);
      const node = this;
      let sender: Sender | undefined;
      let wrong: TrunkflowError | undefined;

      const line = new StatusLine(node, compose);
      const report = serve(node, {
        async message(msg) {
          sender ??= makeSender();
          await sender.message(msg);
          if (!wrong) return;
          wrong = undefined;
          line.touch();
        },
        failed(error) {
          wrong = error;
          line.touch();
        },
        async close() {
          line.close();
          await sender?.close();
        },
      });
      try {
        sender = makeSender();
      } catch (error) {
        wrong = report.atStart(error);
      }
      line.touch();

      function makeSender(): Sender {
        const name = serviceName(config.service);
        const folder = node.id.replace(/[^\w.-]/g, '_');
        const own: SenderNode = {
          RED,
          node,
          config,
          secret: String(node.credentials?.key ?? '').trim(),
          folder: resolve(RED.settings.userDir ?? '.', 'trunkflow', 'uploads', folder),
          trouble: (error) => report.later(error),
          changed: () => line.touch(),
        };
        return name === 'icecast' ? icecastStream(own) : callUploads(own, name);
      }

      function compose(): StatusText {
        if (wrong) return { fill: 'red', shape: 'ring', text: wrong.status };
        return sender?.status() ?? { fill: 'grey', shape: 'ring', text: RED._('status.waiting') };
      }
    },
    { credentials: { key: { type: 'password' } } },
  );
}

export = register;
