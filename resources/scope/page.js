import { ScopeView } from './scope-view.js';
import { Connection } from './web/connection.js';
import { Texts } from './web/i18n.js';

/**
 * What the address may say: view=all | spectrum | waterfall | symbols, compact=1, theme=dark | light, scope=<id>,
 * stream=<name>.
 */
const query = new URLSearchParams(location.search);
const VIEWS = ['all', 'spectrum', 'waterfall', 'symbols'];

const texts = await Texts.load();
texts.fill(document);
const link = new Connection();
const element = document.getElementById('scope');
const view = new ScopeView(element, {
  texts,
  link,
  view: VIEWS.includes(query.get('view')) ? query.get('view') : 'all',
  compact: query.get('compact') === '1',
  scope: query.get('scope') ?? '',
  stream: query.get('stream') ?? '',
});

const dark = matchMedia('(prefers-color-scheme: dark)');
const theme = query.get('theme');
const applyTheme = () => {
  const isDark = theme === 'dark' || (theme !== 'light' && dark.matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
  view.setTheme(isDark);
};
dark.addEventListener('change', applyTheme);
applyTheme();

const applyVisibility = () => view.setAway('page', document.visibilityState === 'hidden');
document.addEventListener('visibilitychange', applyVisibility);
applyVisibility();
link.addEventListener('message', ({ data }) => {
  if (typeof data !== 'string') return;
  const { type, title } = JSON.parse(data);
  if (type === 'hello') document.title = title;
});
void link.open();
