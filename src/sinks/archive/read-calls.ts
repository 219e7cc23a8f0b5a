import type { ArchivedCall } from './archive';
import type { IndexEntry } from './day-index';
import type { DayLog } from './day-log';
import type { CallRecord } from './log-record';

/** The whole of these calls, from the disk, in their order; those that cannot be read any more are left out. */
export async function readCalls(log: DayLog, entries: IndexEntry[]): Promise<ArchivedCall[]> {
  const byDay = new Map<string, IndexEntry[]>();
  for (const entry of entries) {
    const ofDay = byDay.get(entry.day);
    if (ofDay) ofDay.push(entry);
    else byDay.set(entry.day, [entry]);
  }
  const calls = new Map<string, ArchivedCall>();
  for (const [day, ofDay] of byDay) await readDay(log, day, ofDay, calls);
  return entries.flatMap(({ id }) => calls.get(id) ?? []);
}

async function readDay(log: DayLog, day: string, entries: IndexEntry[], calls: Map<string, ArchivedCall>) {
  const missing = await readPlaces(log, day, entries, calls);
  if (missing.length === 0) return;
  // Another program appended to the file at the same moment: they stand elsewhere in it.
  const wanted = new Map(missing.map((entry) => [entry.id, entry]));
  for await (const records of log.read(day)) {
    for (const { record, offset, size } of records) {
      const entry = wanted.get(record.id);
      if (entry && record.type === 'call') Object.assign(entry, { offset, size });
      if (entry && record.type === 'note') entry.note = { offset, size };
    }
  }
  await readPlaces(log, day, missing, calls);
}

/** @returns those that are not where they were thought to be */
async function readPlaces(log: DayLog, day: string, entries: IndexEntry[], calls: Map<string, ArchivedCall>) {
  const places = entries.flatMap((entry) => (entry.note ? [entry, entry.note] : [entry]));
  const records = await log.readAt(day, places);
  return entries.filter((entry) => {
    const record = records.shift();
    const note = entry.note && records.shift();
    const misplaced = entry.note && !(note?.type === 'note' && note.id === entry.id);
    if (record?.type !== 'call' || record.id !== entry.id || misplaced) return true;
    calls.set(entry.id, archived(record, entry, note?.type === 'note' ? note.transcript : undefined));
    return false;
  });
}

function archived(record: CallRecord, { bytes }: IndexEntry, transcript: string | undefined): ArchivedCall {
  const { id, call, file, format, length, recorded, reason } = record;
  const expired = file !== null && bytes === 0;
  return {
    id,
    call,
    file: expired ? null : file,
    format: expired ? null : format,
    length,
    recorded,
    ...(expired ? { reason: 'expired' } : reason === undefined ? {} : { reason }),
    ...(transcript === undefined ? {} : { transcript }),
  };
}
