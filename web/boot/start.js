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

const at = (path) => new URL(path, document.baseURI).href;

// What reads a link or a scenario of the gallery is a part of its own (web/src/keep/texts.rs), which the page asks for
// once it runs: then it is on its way already. Without parts there is nothing to fetch.
function expectDocument() {
  const asked = location.hash.length > 1 || new URLSearchParams(location.search).has('scenario');
  const paths = asked && files.documents ? files.documents.split(' ') : [];
  for (const path of paths) {
    const link = Object.assign(document.createElement('link'), { rel: 'preload', as: 'fetch', crossOrigin: 'anonymous', href: at(path) });
    document.head.append(link);
  }
}

try {
  expectDocument();
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
