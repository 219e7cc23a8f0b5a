/** What the forms of Trunkflow's nodes share in the browser. Every node's html loads it; the first one defines it. */
(function (global) {
  'use strict';
  if (global.trunkflow) return;

  const FACTORS = { hz: 1, khz: 1e3, k: 1e3, mhz: 1e6, m: 1e6, ghz: 1e9, g: 1e9 };

  /**
   * How a quantity is written in a form: bare numbers below `limit` are in the unit, others in Hz (or samples/s), as the
   * flow file keeps them. A unit may always be written: '851.0125', '851,0125 MHz', '851012500', '12.5k'.
   */
  const UNITS = {
    MHz: { factor: 1e6, limit: 30000 },
    kHz: { factor: 1e3, limit: 1000 },
    'MS/s': { factor: 1e6, limit: 1000 },
    'kS/s': { factor: 1e3, limit: 1000 },
  };

  /** The quantity in Hz or samples/s, NaN when the text is not one. */
  function parse(text, unit) {
    const match = /^([-+]?\d*[.,]?\d+)\s*(hz|khz|k|mhz|m|ghz|g)?(?:s\/s)?$/i.exec(String(text).trim());
    if (!match) return Number.NaN;
    const number = Number(match[1].replace(',', '.'));
    const { factor, limit } = UNITS[unit];
    const scale = match[2] ? FACTORS[match[2].toLowerCase()] : Math.abs(number) < limit ? factor : 1;
    return Math.round(number * scale);
  }

  /** The text for a quantity in Hz or samples/s; what is not a number is left as it is. */
  function format(value, unit) {
    const number = parse(value, unit);
    return Number.isNaN(number) ? String(value ?? '') : String(number / UNITS[unit].factor);
  }

  /** True for ${NAME}, which Node-RED replaces by an environment variable. */
  function isVariable(text) {
    return /^\$\{[^}]+\}$/.test(String(text).trim());
  }

  /** Shows the fields of a form that hold quantities in their units; call from oneditprepare. */
  function showUnits(fields) {
    for (const [id, unit] of Object.entries(fields)) {
      const input = $(`#${id}`);
      input.val(format(input.val(), unit));
    }
  }

  /** Turns them back into Hz or samples/s; call from oneditsave. */
  function keepUnits(fields) {
    for (const [id, unit] of Object.entries(fields)) {
      const input = $(`#${id}`);
      const number = parse(input.val(), unit);
      if (!Number.isNaN(number)) input.val(number);
    }
  }

  /**
   * A check for a quantity: true, or the reason against it.
   * @param node the node, whose locale file has the reason
   * @param options unit, least, most, optional (may be empty), reason (message id)
   */
  function checkUnit(node, value, { unit, least = 0, most = Number.POSITIVE_INFINITY, optional = false, reason }) {
    const text = String(value ?? '').trim();
    if (text === '') return optional || node._def._(reason);
    if (isVariable(text)) return true;
    const number = parse(text, unit);
    return (number >= least && number <= most) || node._def._(reason);
  }

  /** A check for a plain number. */
  function checkNumber(node, value, { least, most, whole = false, optional = false, reason }) {
    const text = String(value ?? '').trim();
    if (text === '') return optional || node._def._(reason);
    if (isVariable(text)) return true;
    const number = Number(text);
    const fits = Number.isFinite(number) && number >= least && number <= most && (!whole || Number.isInteger(number));
    return fits || node._def._(reason);
  }

  /** Shows the rows of a form that have class `<prefix>-<value>` for the selected value and hides their siblings. */
  function showFor(form, prefix, value) {
    form.find(`[class*="${prefix}-"]`).each(function () {
      const row = $(this);
      row.toggle(row.hasClass(`${prefix}-${value}`));
    });
  }

  global.trunkflow = { parse, format, isVariable, showUnits, keepUnits, checkUnit, checkNumber, showFor };
})(window);
