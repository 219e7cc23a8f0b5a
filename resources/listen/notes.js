import { $, make } from './dom.js';

const SHOWN_MS = 6000;
const MOST = 3;

/**
 * Says something for a moment. @param {string} text @param {{label: string, act(): void}} [action]
 * @param {string} [about] takes the place of what was said about the same
 */
export function note(text, action, about) {
  if (about) for (const old of $('notes').children) if (old.dataset.about === about) old.remove();
  const box = make('p', { class: 'note', 'data-about': about }, make('span', { text }));
  const end = () => box.remove();
  if (action) {
    const button = make('button', { type: 'button', text: action.label });
    button.addEventListener('click', () => {
      action.act();
      end();
    });
    box.append(button);
  }
  $('notes').append(box);
  while ($('notes').children.length > MOST) $('notes').firstChild.remove();
  setTimeout(end, SHOWN_MS);
}
