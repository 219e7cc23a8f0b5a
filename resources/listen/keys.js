/**
 * Keys of the page. None acts while something is written, with Ctrl, Alt or Meta, or while a dialog is open.
 * @param {Record<string, (event: KeyboardEvent) => void>} actions by the key's letter; 'Shift+n' with Shift
 */
export function listenToKeys(actions) {
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.defaultPrevented) return;
    if (isWriting(event.target) || document.querySelector('dialog[open]')) return;
    const letter = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const isLetter = /^\p{L}$/u.test(letter);
    const action = actions[event.shiftKey && isLetter ? `Shift+${letter}` : letter];
    if (!action) return;
    event.preventDefault();
    action(event);
  });
}

function isWriting(element) {
  if (!(element instanceof Element)) return false;
  if (element.closest('[contenteditable=""], [contenteditable="true"], textarea, select')) return true;
  const input = element.closest('input');
  return input !== null && !['checkbox', 'radio', 'button', 'range'].includes(input.type);
}
