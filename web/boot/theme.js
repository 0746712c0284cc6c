// Before first paint: the theme and density that were chosen, else the system's theme.
// A frame may be refused its storage; then the system decides.
(() => {
  const root = document.documentElement;
  const query = new URLSearchParams(location.search);
  const stored = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const pick = (value, allowed) => (allowed.includes(value) ? value : null);
  const themes = ['light', 'dark'];
  root.dataset.theme =
    pick(query.get('theme'), themes) ??
    pick(stored('ottla.theme'), themes) ??
    (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
  const density = pick(query.get('density'), ['large']) ?? pick(stored('ottla.density'), ['large']);
  if (density) root.dataset.density = density;
  if (/\/embed(\/|\/index\.html)?$/.test(location.pathname)) root.dataset.page = 'embed';
})();
