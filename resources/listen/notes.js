import { $, make } from './dom.js';

const SHOWN_MS = 6000;
const MOST = 3;

/**
 * Says something for a moment.
 * @param {string} text
 * @param {string} [about] takes the place of what was said about the same
 */
export function note(text, about) {
  if (about) for (const old of $('notes').children) if (old.dataset.about === about) old.remove();
  const box = make('p', { class: 'note', text, 'data-about': about });
  $('notes').append(box);
  while ($('notes').children.length > MOST) $('notes').firstChild.remove();
  setTimeout(() => box.remove(), SHOWN_MS);
}
