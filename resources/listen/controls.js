import { refOf } from './calls.js';
import { $, make } from './dom.js';
import { AVOID_STEPS } from './listening-rules.js';
import { note } from './notes.js';

/** Avoid pressed again so soon means the talkgroup it meant before, even if another is heard by now, ms. */
const SAME_TARGET = 5000;

/** The buttons below the display, and what keys and lock screens do likewise. */
export class Controls {
  /** @param {{changed(): void}} actions what happens when the rules have changed */
  constructor({ texts, names, feed, archive, rules, now, actions }) {
    Object.assign(this, { texts, names, feed, archive, rules, now, actions });
    this.avoided = { call: null, at: Number.NEGATIVE_INFINITY };
    const on = (id, act) => $(id).addEventListener('click', act);
    on('listen', () => this.live());
    on('hold-system', () => this.holdSystem());
    on('hold-talkgroup', () => this.holdTalkgroup());
    on('avoid', () => this.avoid());
    on('replay', () => this.replay());
    on('pause', () => this.pause());
    on('skip', () => this.skip());
    this.menu();
  }

  /** The call the buttons are about: what is heard, else what was heard last. */
  get target() {
    return this.now.call ?? this.now.last;
  }

  async live() {
    const { feed, archive, texts } = this;
    if (archive.playing) archive.stop();
    if (feed.on && feed.sound.isRunning) {
      feed.stop();
      return;
    }
    try {
      if (feed.paused) await feed.pause(false);
      await feed.start();
    } catch (error) {
      note(texts.get('note.noSound', { reason: error.message }));
    }
  }

  holdSystem() {
    const { rules, target } = this;
    const held = rules.hold && rules.hold.talkgroup === undefined;
    if (!held && !target) return;
    rules.hold = held ? null : { system: target.sys_name };
    this.actions.changed();
  }

  holdTalkgroup() {
    const { rules, target } = this;
    const held = rules.hold?.talkgroup !== undefined;
    if (!held && !target) return;
    rules.hold = held ? null : refOf(target);
    this.actions.changed();
  }

  /** Until it is lifted, then 30, 60, 120 minutes, then no more. */
  avoid() {
    const recent = performance.now() - this.avoided.at < SAME_TARGET;
    const call = (recent && this.avoided.call) || this.target;
    if (!call) return;
    this.avoided = { call, at: performance.now() };
    this.sayAvoided(call, this.rules.avoidNext(refOf(call)));
    this.actions.changed();
  }

  avoidFor(choice) {
    const call = this.target;
    if (!call) return;
    if (choice === 'once') {
      this.rules.avoidCall(call.id);
      note(this.texts.get('note.avoidedOnce', { name: this.names.name(call) }));
    } else this.sayAvoided(call, this.rules.avoid(refOf(call), choice));
    this.actions.changed();
  }

  sayAvoided(call, avoided) {
    const { texts, names } = this;
    const name = names.name(call);
    const key = !avoided ? 'note.heardAgain' : avoided.minutes === null ? 'note.avoided' : 'note.avoidedFor';
    note(texts.get(key, { name, count: avoided?.minutes ?? 0 }), 'avoid');
  }

  replay() {
    const { archive, feed, texts } = this;
    if (archive.playing) archive.stop();
    if (feed.paused) void feed.pause(false);
    if (!feed.replay()) note(texts.get('note.noReplay'));
  }

  pause() {
    const { archive, feed } = this;
    if (archive.playing) archive.toggle();
    else void feed.pause(!feed.paused);
  }

  skip() {
    if (this.archive.playing) this.archive.step(1);
    else this.feed.skip();
  }

  skipAll() {
    if (this.archive.playing) this.archive.stop();
    this.feed.skipAll();
  }

  /** Opens and closes the list of times to avoid. */
  menu() {
    const { texts } = this;
    const menu = $('avoid-menu');
    const opener = $('avoid-more');
    const show = (open) => {
      menu.hidden = !open;
      opener.setAttribute('aria-expanded', String(open));
      if (open) menu.firstChild.focus();
    };
    for (const choice of ['once', ...AVOID_STEPS.slice(1), null]) {
      const key = choice === 'once' ? 'avoid.once' : choice === null ? 'avoid.always' : 'avoid.minutes';
      const item = make('button', { type: 'button', role: 'menuitem', tabindex: -1, text: texts.get(key, { count: choice ?? 0 }) });
      item.addEventListener('click', () => {
        show(false);
        opener.focus();
        this.avoidFor(choice);
      });
      menu.append(item);
    }
    opener.addEventListener('click', () => show(menu.hidden));
    menu.addEventListener('keydown', (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const items = [...menu.children];
      if (step) items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
      else if (event.key === 'Escape' || event.key === 'Tab') {
        show(false);
        opener.focus();
      } else return;
      event.preventDefault();
    });
    document.addEventListener('pointerdown', ({ target }) => {
      if (!menu.hidden && !target.closest('.split')) show(false);
    });
  }

  render() {
    const { feed, archive, rules, target, texts } = this;
    const listening = feed.on && feed.sound.isRunning;
    const live = $('listen');
    const key = archive.playing ? 'button.backToLive' : listening ? 'button.live' : feed.on ? 'button.resume' : 'button.start';
    live.lastElementChild.textContent = texts.get(key);
    live.setAttribute('aria-pressed', String(listening && !archive.playing));
    press('hold-system', rules.hold !== null && rules.hold.talkgroup === undefined);
    press('hold-talkgroup', rules.hold?.talkgroup !== undefined);
    press('avoid', target !== null && rules.avoidance(refOf(target)) !== undefined);
    press('pause', archive.playing ? !archive.isPlaying : feed.paused);
    $('hold-system').disabled = !target && !rules.hold;
    $('hold-talkgroup').disabled = !target && !rules.hold;
    $('avoid').disabled = $('avoid-more').disabled = !target;
    $('pause').disabled = !feed.on && !archive.playing;
    $('skip').disabled = !this.now.call;
    $('replay').disabled = !feed.current && feed.queue.past.length === 0;
    $('skip').title = texts.get('button.skipTitle');
  }
}

function press(id, on) {
  $(id).setAttribute('aria-pressed', String(on));
}
