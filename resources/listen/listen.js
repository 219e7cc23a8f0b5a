import { CallQueue } from './call-queue.js';
import { Player } from './player.js';

const SHOWN_CALLS = 20;
/** Sound handed to the player ahead of time, s; the rest waits where it can be skipped. */
const AHEAD = 1;

const $ = (id) => document.getElementById(id);
const now = () => performance.now() / 1000;

// --- which calls are heard ---------------------------------------------------------------------------------------

/** Key of the talkgroup a call belongs to. */
const groupOf = ({ call, label }) => (call ? `${call.sys_name}/${call.talkgroup}` : label);
const muted = new Set();
let held = null;
const queue = new CallQueue((about) => (held ? groupOf(about) === held : !muted.has(groupOf(about))));

// --- sound -------------------------------------------------------------------------------------------------------

let context = null;
let output = null;
let volume = null;
let buffered = 0;
/** The queue's call has been given to the player completely. */
let finishing = false;

/** Where there is no AudioWorklet (browsers have it only on https and localhost), the player runs on the page. */
function scriptOutput() {
  const player = new Player(context.sampleRate);
  const node = context.createScriptProcessor(2048, 0, 1);
  node.onaudioprocess = ({ outputBuffer }) => {
    const drained = player.render(outputBuffer.getChannelData(0));
    onReport({ level: player.level, buffered: player.buffered, drained });
  };
  node.send = ({ start, samples, finish, stop }) => {
    if (stop) player.stop();
    if (start) player.start(start);
    if (samples) player.push(samples);
    if (finish) player.finish();
  };
  return node;
}

async function workletOutput() {
  await context.audioWorklet.addModule('worklet.js');
  const node = new AudioWorkletNode(context, 'trunkflow-player', { numberOfInputs: 0, outputChannelCount: [1] });
  node.port.onmessage = ({ data }) => onReport(data);
  node.send = (message) => node.port.postMessage(message, message.samples ? [message.samples.buffer] : []);
  return node;
}

async function startSound() {
  context = new AudioContext({ latencyHint: 'playback' });
  volume = context.createGain();
  volume.connect(context.destination);
  setVolume();
  output = context.audioWorklet ? await workletOutput() : scriptOutput();
  output.connect(volume);
  await context.resume();
  pump();
}

async function stopSound() {
  const old = context;
  context = output = null;
  queue.silence();
  showCall(null);
  await old.close();
}

function onReport({ level, buffered: left, drained }) {
  if (!output) return;
  buffered = left;
  showLevel(level);
  if (drained) {
    queue.release();
    showCall(null);
  }
  pump();
}

/** Gives the player what it may have. */
function pump() {
  if (!output) return;
  const chosen = queue.choose();
  if (chosen) {
    finishing = false;
    buffered = 0;
    output.send({ start: chosen.rate });
    showCall(chosen);
  }
  while (queue.current && !finishing && buffered < AHEAD) {
    const samples = queue.take();
    if (!samples) break;
    buffered += samples.length / queue.current.rate;
    output.send({ samples });
  }
  if (!finishing && queue.isOver(now())) {
    finishing = true;
    output.send({ finish: true });
  }
  showWaiting();
}

function skip() {
  output?.send({ stop: true });
  queue.skip();
  showCall(null);
  pump();
}

// --- connection --------------------------------------------------------------------------------------------------

let socket = null;
let failures = 0;

async function connect() {
  showConnection('waiting', 'connecting');
  try {
    const response = await fetch('session', { cache: 'no-store', credentials: 'same-origin' });
    if (!response.ok) throw new Error(`${response.status}`);
    const { token } = await response.json();
    const url = new URL(`live?token=${token}`, location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      failures = 0;
      showConnection('open', 'connected');
    };
    socket.onmessage = ({ data }) => (typeof data === 'string' ? onText(JSON.parse(data)) : onAudio(data));
    socket.onclose = retry;
  } catch {
    retry();
  }
}

function retry() {
  socket = null;
  queue.clear();
  output?.send({ stop: true });
  showCall(null);
  const seconds = Math.min(15, 2 ** failures++);
  showConnection('lost', `connection lost, next try in ${seconds} s`);
  // Not all listeners at the same moment.
  setTimeout(connect, seconds * 1000 * (0.8 + 0.4 * Math.random()));
}

function onText(message) {
  if (message.type === 'hello') {
    document.title = message.title;
    $('title').textContent = message.title;
    $('calls').replaceChildren();
    for (const call of message.recent.slice().reverse()) addCall(call);
  } else if (message.type === 'call') {
    queue.begin(message);
    if (queue.current?.n === message.n) showCall(message);
  } else if (message.type === 'end') {
    queue.end(message.n);
    if (message.call) addCall(message.call);
    pump();
  } else if (message.type === 'lost') {
    note(`${message.seconds.toFixed(1)} s of sound were lost: the connection is too slow`);
  }
}

function onAudio(data) {
  if (!output) return;
  const bytes = new DataView(data);
  const samples = new Float32Array((data.byteLength - 4) >> 1);
  for (let i = 0; i < samples.length; i++) samples[i] = bytes.getInt16(4 + 2 * i, true) / 32768;
  queue.push(bytes.getUint32(0, true), samples, now());
  pump();
}

// --- what is shown (text only: names come from the air and from files) ------------------------------------------

function showConnection(state, text) {
  $('connection').dataset.state = state;
  $('connection').textContent = text;
}

function showCall(about) {
  const call = about?.call;
  const idle = output ? 'Nobody is talking' : 'Not listening';
  $('now').dataset.state = call?.emergency ? 'emergency' : about ? 'playing' : 'idle';
  $('emergency').hidden = !call?.emergency;
  $('group').textContent = call?.talkgroup_group ?? '';
  $('talkgroup').textContent = about ? nameOf(about) : idle;
  $('description').textContent = call?.talkgroup_description ?? '';
  $('unit').textContent = unitOf(call);
  $('frequency').textContent = about?.frequency ? `${(about.frequency / 1e6).toFixed(4)} MHz` : '–';
  $('system').textContent = call ? `${call.sys_name}, ${call.talkgroup}` : '–';
  $('time').textContent = call ? timeOf(call) : '–';
  for (const id of ['skip', 'mute']) $(id).disabled = !about;
  $('hold').disabled = !about && !held;
  if (!about) showLevel(0);
}

function nameOf({ call, label, frequency }) {
  if (call) return call.talkgroup_alpha_tag || `Talkgroup ${call.talkgroup}`;
  return frequency ? `${(frequency / 1e6).toFixed(4)} MHz` : label;
}

const unitOf = (call) => (!call || call.unit < 0 ? '–' : call.unit_alpha_tag || String(call.unit));
const timeOf = (call) => new Date(call.start_time * 1000).toLocaleTimeString();

/** Meter from -50 dB to full scale. */
function showLevel(level) {
  const part = Math.max(0, Math.min(1, 1 + Math.log10(Math.max(level, 1e-6)) / 2.5));
  $('level').style.transform = `scaleX(${part.toFixed(3)})`;
  $('meter').setAttribute('aria-valuenow', String(Math.round(part * 100)));
}

function showWaiting() {
  const { waiting } = queue;
  $('skip').textContent = waiting > 0 ? `Skip (${waiting} waiting)` : 'Skip';
}

function addCall(call) {
  const row = document.createElement('tr');
  if (call.emergency) row.className = 'emergency';
  const name = call.talkgroup_alpha_tag || String(call.talkgroup);
  for (const text of [timeOf(call), name, unitOf(call), `${call.length.toFixed(1)} s`]) {
    const cell = document.createElement('td');
    cell.textContent = text;
    row.append(cell);
  }
  row.lastChild.className = 'number';
  $('calls').prepend(row);
  while ($('calls').children.length > SHOWN_CALLS) $('calls').lastChild.remove();
  $('none').hidden = true;
  $('calls').parentElement.hidden = false;
}

function note(text) {
  $('note').textContent = text;
}

function showFilter() {
  $('hold').setAttribute('aria-pressed', String(held !== null));
  $('all').hidden = muted.size === 0 && held === null;
  const silent = muted.size === 1 ? '1 talkgroup is muted' : `${muted.size} talkgroups are muted`;
  note(held ? `Only ${held} is heard` : muted.size > 0 ? silent : '');
  queue.filter();
}

// --- buttons -----------------------------------------------------------------------------------------------------

function setVolume() {
  const value = Number($('volume').value) / 100;
  // Loudness is felt about so.
  if (volume) volume.gain.value = value * value * 1.5;
}

$('listen').addEventListener('click', async () => {
  $('listen').disabled = true;
  try {
    if (context) await stopSound();
    else await startSound();
    note('');
  } catch (error) {
    context = output = null;
    note(`No sound: ${error.message}`);
  }
  $('listen').textContent = context ? 'Stop listening' : 'Start listening';
  $('listen').disabled = false;
  if (!queue.current) showCall(null);
});
$('volume').addEventListener('input', setVolume);
$('skip').addEventListener('click', skip);
$('hold').addEventListener('click', () => {
  held = held || !queue.current ? null : groupOf(queue.current);
  showFilter();
});
$('mute').addEventListener('click', () => {
  if (!queue.current) return;
  muted.add(groupOf(queue.current));
  showFilter();
  skip();
});
$('all').addEventListener('click', () => {
  muted.clear();
  held = null;
  showFilter();
});

showCall(null);
void connect();
// A call whose stream stops without an end is over by time alone.
setInterval(pump, 500);
