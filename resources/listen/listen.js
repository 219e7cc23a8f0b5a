import { AirView } from './air-view.js';
import { Alerts } from './alerts.js';
import { ArchiveSearch } from './archive.js';
import { ArchiveView } from './archive-view.js';
import { CallTexts } from './calls.js';
import { ChipsView } from './chips-view.js';
import { Controls } from './controls.js';
import { Dialogs } from './dialogs.js';
import { $ } from './dom.js';
import { HistoryView } from './history-view.js';
import { listenToKeys } from './keys.js';
import { ListeningRules } from './listening-rules.js';
import { LiveFeed } from './live-feed.js';
import { note } from './notes.js';
import { NowView } from './now-view.js';
import { isPhone, listenToMediaKeys, showOnLockScreen, WakeLock } from './phone.js';
import { Selection } from './selection.js';
import { Sound } from './sound.js';
import { Stored } from './stored.js';
import { Talkgroups } from './talkgroups.js';
import { TalkgroupsView } from './talkgroups-view.js';
import { TapeView } from './tape-view.js';
import { Views } from './views.js';
import { Connection } from './web/connection.js';
import { Texts } from './web/i18n.js';

const texts = await Texts.load();
texts.fill(document);

// --- what is kept -------------------------------------------------------------------------------------------------

const stored = Stored.open('localStorage');
const session = Stored.open('sessionStorage');
const selection = new Selection(stored.get('selection', {}));
const rules = new ListeningRules({ selected: (talkgroup) => selection.has(talkgroup) });
rules.restore(stored.get('avoided', []));
rules.hold = session.get('hold', null);

let canSearch = false;
/** Of what the flow has set. */
let revision = -1;

// --- what there is ------------------------------------------------------------------------------------------------

const names = new CallTexts(texts);
const sound = new Sound({ phone: isPhone() });
const connection = new Connection();
const feed = new LiveFeed(connection, sound, rules);
const archive = new ArchiveSearch(sound, feed);
const talkgroups = new Talkgroups();
const alerts = new Alerts(sound, names);
const wakeLock = new WakeLock();

const now = new NowView(texts, names, feed, archive);
now.talkgroups = talkgroups;
const controls = new Controls({ texts, names, feed, archive, rules, now, actions: { changed: rulesChanged } });
const chips = new ChipsView(texts, talkgroups, rules, { changed: rulesChanged });
const air = new AirView(texts, names, feed, rules);
const history = new HistoryView(texts, names, playAgain);
const archiveView = new ArchiveView(texts, names, archive, talkgroups);
const talkgroupsView = new TalkgroupsView(texts, names, talkgroups, selection, { changed: selectionChanged });
const views = new Views(stored, { shown: (view) => view === 'archive' && canSearch && archiveView.show() });
new TapeView(texts, names, archive);
new Dialogs({ texts, stored, sound, alerts, wakeLock });

function rulesChanged() {
  stored.set('avoided', rules.avoiding());
  session.set('hold', rules.hold);
  feed.filter();
  render();
}

function selectionChanged() {
  stored.set('selection', selection.saved());
  feed.filter();
}

/** A call of the history: from memory where its sound is kept, else from the archive. */
async function playAgain(call) {
  if (archive.playing) archive.stop();
  if (feed.paused) await feed.pause(false);
  await sound.start();
  if (feed.replayCall(call.id)) return;
  if (canSearch) await archive.play({ id: call.id, call, length: call.length });
  else note(texts.get('note.notKept'));
}

// --- what comes from the server -----------------------------------------------------------------------------------

feed.addEventListener('hello', ({ hello }) => {
  document.title = hello.title;
  $('title').textContent = hello.title;
  canSearch = hello.archive?.search ?? false;
  archiveView.download = hello.archive?.download ?? false;
  document.body.classList.toggle('no-archive', !canSearch);
  if (!canSearch && document.body.dataset.side === 'archive') views.show('talkgroups');
  history.reset(hello.history);
  for (const call of hello.history) talkgroups.hear(call);
  void talkgroups.load().catch(() => note(texts.get('note.noTalkgroups')));
  if (canSearch && document.body.dataset.side === 'archive') archiveView.show();
  obey(hello.control);
});
feed.addEventListener('past', ({ call }) => {
  history.add(call);
  talkgroups.hear(call);
  if (call.state === 'not_followed') announce(call);
});
feed.addEventListener('began', ({ call }) => {
  talkgroups.hear(call);
  announce(call);
});
feed.addEventListener('control', ({ control }) => {
  obey(control);
  if (control.skip) feed[control.skip === 'all' ? 'skipAll' : 'skip']();
  if (control.replay && feed.on) feed.replay();
});
feed.addEventListener('lost', ({ seconds }) => note(texts.get('note.lost', { seconds: texts.number(seconds, 1) })));
feed.addEventListener('changed', () => requestRender());

/** Takes over what the flow has set, once for each time it did; what a person does afterwards stays. */
function obey({ state, revision: set }) {
  if (set === revision || (set === 0 && revision === -1)) return;
  revision = set;
  rules.hold = state.hold;
  rules.liftAll();
  rules.restore(state.avoided);
  if (state.paused !== feed.paused) void feed.pause(state.paused);
  rulesChanged();
}

const announced = new Set();

/** Tells of calls a person waits for, of each once: after a pause in the connection those that go on come again. */
function announce(call) {
  if (!call.alert && !call.emergency) return;
  if (rules.refusal(call) !== null || announced.has(call.id)) return;
  announced.add(call.id);
  if (announced.size > 200) announced.delete(announced.values().next().value);
  alerts.tell(call, texts.get(call.emergency ? 'mark.emergency' : 'mark.alert'));
}

// --- connection ---------------------------------------------------------------------------------------------------

function showConnection(state, text) {
  $('connection').dataset.state = state;
  $('connection').textContent = text;
}
connection.addEventListener('connecting', () => showConnection('waiting', texts.get('connection.connecting')));
connection.addEventListener('open', () => showConnection('open', texts.get('connection.open')));
connection.addEventListener('lost', ({ seconds, silent }) =>
  showConnection('lost', texts.get(silent ? 'connection.silent' : 'connection.lost', { count: seconds })),
);
sound.addEventListener('interrupted', () => requestRender());
archive.addEventListener('playing', () => requestRender());
archive.addEventListener('failed', ({ problem }) => note(texts.get(problem)));

// --- what is shown ------------------------------------------------------------------------------------------------

let asked = false;
function requestRender() {
  if (asked) return;
  asked = true;
  // Not an animation frame: what a lock screen shows changes while the page is hidden.
  setTimeout(render);
}

function render() {
  asked = false;
  now.render();
  controls.render();
  chips.render();
  air.render();
  const { call } = now;
  const paused = archive.playing ? !archive.isPlaying : feed.paused;
  showOnLockScreen(
    feed.on || archive.playing
      ? {
          title: call ? names.name(call) : texts.get('now.idle'),
          artist: call ? names.shortUnit(call) || call.sys_name : '',
          album: document.title,
        }
      : null,
    paused ? 'paused' : feed.on || archive.playing ? 'playing' : 'none',
  );
}

/** The meter moves with the screen; what changes by time, a few times a second. */
function animate() {
  if (now.call) now.level(sound.level);
  requestAnimationFrame(animate);
}
setInterval(() => {
  now.tick();
  now.waiting();
  chips.render();
  air.render();
}, 500);

// --- keys ---------------------------------------------------------------------------------------------------------

listenToKeys({
  l: () => controls.live(),
  s: () => controls.holdSystem(),
  t: () => controls.holdTalkgroup(),
  a: () => controls.avoid(),
  r: () => controls.replay(),
  p: () => controls.pause(),
  n: () => controls.skip(),
  'Shift+n': () => controls.skipAll(),
  '/': () => {
    if (!canSearch) return;
    views.show('archive');
    $('search-text').focus();
  },
  '?': () => $('help').showModal(),
});
listenToMediaKeys({
  play: () => (feed.paused || archive.playing ? controls.pause() : controls.live()),
  pause: () => controls.pause(),
  nexttrack: () => controls.skip(),
  previoustrack: () => controls.replay(),
});

talkgroupsView.build();
render();
animate();
document.body.dataset.ready = '';
void connection.open();
