// A program that puts calls into an archive until it is killed, and says of each when it is safe.
const { CallArchive } = require('../../dist/src/sinks/archive/call-archive.js');

const [dir, name, start] = process.argv.slice(2);
const archive = new CallArchive(dir);

async function main() {
  await archive.ready;
  for (let n = 0; ; n += 3) await Promise.all([0, 1, 2].map((more) => add(n + more)));
}

async function add(n) {
  const id = `${name}_1_${start}_${n}`;
  const call = { id, call_num: n, sys_name: name, talkgroup: 1, sources: [], start_time_ms: Number(start) * 1000 + n };
  await archive.add({ id, call, file: `${id}.wav`, sidecar: null, format: 'wav', length: 1, bytes: n, recorded: true });
  process.stdout.write(`${id}\n`);
  if (n % 5 === 0) {
    await archive.annotate(id, { transcript: `text of ${id}` });
    process.stdout.write(`${id} noted\n`);
  }
}

main();
