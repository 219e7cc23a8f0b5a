/** Elements of the dialog of a radio system. */
(function (global) {
  'use strict';
  const system = (global.trunkflowSystem ??= {});
  if (system.make) return;

  function make(tag, classes, ...content) {
    const element = document.createElement(tag);
    element.className = classes;
    element.append(...content);
    return element;
  }

  function button(icon, label, click, classes = '') {
    const made = make('button', `red-ui-button red-ui-button-small ${classes}`, make('i', `fa ${icon}`), ' ', label);
    made.type = 'button';
    made.addEventListener('click', click);
    return made;
  }

  /** A button with an icon only. */
  function iconButton(icon, label, click) {
    const made = button(icon, '', click, 'trunkflow-icon-button');
    made.title = label;
    made.setAttribute('aria-label', label);
    return made;
  }

  Object.assign(system, { make, button, iconButton });
})(window);
