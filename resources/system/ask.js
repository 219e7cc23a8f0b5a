/** How the dialogs of the editor ask the runtime. */
(function (global) {
  'use strict';
  const system = (global.trunkflowSystem ??= {});
  if (system.ask) return;

  /** Asks the runtime. The error is one for people. */
  async function ask(url, options = {}) {
    const token = global.RED.settings.get('auth-tokens')?.access_token;
    const headers = { ...options.headers, ...(token ? { authorization: `Bearer ${token}` } : {}) };
    const response = await fetch(url, { ...options, headers });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok || answer.error) throw new Error(answer.error ?? `${response.status} ${response.statusText}`);
    return answer;
  }

  system.ask = ask;
})(window);
