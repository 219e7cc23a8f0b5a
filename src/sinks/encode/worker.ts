/** Entry of the encoder's thread: does one job after the other. */
import { parentPort } from 'node:worker_threads';
import { TrunkflowError, toPlainError } from '../../core/errors';
import { type EncodeJob, encodeFile } from './job';
import type { EncodeReply } from './thread';

const port = parentPort!;
let turn = Promise.resolve();

port.on('message', ({ id, job }: { id: number; job: EncodeJob }) => {
  turn = turn.then(async () => port.postMessage(await run(id, job)));
});

async function run(id: number, job: EncodeJob): Promise<EncodeReply> {
  try {
    return { id, result: await encodeFile(job) };
  } catch (error) {
    if (error instanceof TrunkflowError) return { id, error: toPlainError(error) };
    const { message = String(error), code } = (error ?? {}) as NodeJS.ErrnoException;
    return { id, failure: { message, code } };
  }
}
