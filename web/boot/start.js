// Loads the page's wasm and takes the loading picture away when the page has drawn itself.
// Apart from index.html because the Content-Security-Policy allows no inline script.
const files = document.getElementById('app-files').dataset;
const loading = document.getElementById('loading');

const isDrawn = () => [...document.body.children].some((child) => child !== loading && !child.matches('script, template'));

function clear() {
  loading.remove();
}

function fail(error) {
  document.getElementById('loading-words').textContent = 'Not started';
  const box = document.getElementById('loading-failed');
  box.querySelector('code').textContent = String(error?.message ?? error);
  box.hidden = false;
}

try {
  const at = (path) => new URL(path, document.baseURI).href;
  const { default: init } = await import(at(files.script));
  await init({ module_or_path: at(files.wasm) });
  if (isDrawn()) {
    clear();
  } else {
    const watch = new MutationObserver(() => {
      if (isDrawn()) {
        watch.disconnect();
        clear();
      }
    });
    watch.observe(document.body, { childList: true });
  }
} catch (error) {
  fail(error);
  throw error;
}
