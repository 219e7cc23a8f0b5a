/** The page's elements by id, and new ones. Names come from the air and from files: they are only ever put in as text. */

export const $ = (id) => document.getElementById(id);

/**
 * A new element. @param {string} tag @param {object} [about] `text`, `class`, and attributes; false ones are left out
 * @param {...Node} children
 */
export function make(tag, { text, class: names, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  if (names) element.className = names;
  if (text !== undefined) element.textContent = text;
  for (const [name, value] of Object.entries(attributes))
    if (value !== false && value !== undefined && value !== null) element.setAttribute(name, value === true ? '' : value);
  element.append(...children);
  return element;
}

/** One of the pictures in index.html. */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#i-${name}`);
  svg.append(use);
  return svg;
}

/** A button with a picture; its text is for those who hear the page. */
export function iconButton(name, label, more = {}) {
  const button = make('button', { type: 'button', 'aria-label': label, title: label, ...more }, icon(name));
  button.classList.add('icon-button');
  return button;
}

/** Sets a text only when it differs, so that what is selected or read aloud stays. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
