import type { NodeAPI, Node as RedNode } from 'node-red';
import type { TrunkflowError } from '../../src/core/errors';
import type { StatusText } from '../lib/status-line';
import type { UploadConfig } from './upload-settings';

/** What runs behind the node: uploads of calls, or a stream. */
export interface Sender {
  /** Takes a message; may reject with a TrunkflowError. */
  message(msg: object): Promise<void> | void;
  status(): StatusText;
  close(): Promise<void>;
}

/** What a sender needs of its node. */
export interface SenderNode {
  RED: NodeAPI;
  node: RedNode;
  config: UploadConfig;
  /** The API key or password. */
  secret: string;
  /** Folder of the node's own. */
  folder: string;
  /** Reports trouble to Catch nodes. */
  trouble(error: TrunkflowError): void;
  changed(): void;
}
