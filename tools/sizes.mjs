// Sizes of what the page fetches, and when. The first load is index.html and every file it names: all that is needed until
// the page can be used. Where a link is opened, what reads it is needed too. The other wasm files are parts that the page
// loads later; tests/e2e/59-parts.spec.ts holds that they wait.
// usage: node tools/sizes.mjs FOLDER    prints JSON [{ name, raw, gzip, brotli, when: 'first' | 'link' | 'later' }]
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const folder = process.argv[2];
const page = readFileSync(join(folder, 'index.html'), 'utf8');
const DOCUMENTS = /data-documents="[^"]*"/;
// Attribute values may have lost their quotes in minifying.
const named = (text) => [...text.matchAll(/\.\/([\w./-]+\.(?:css|js|mjs|wasm|svg|png|woff2|json))/g)].map((match) => match[1]);

const first = ['index.html', ...new Set(named(page.replace(DOCUMENTS, '')))].filter((name) => existsSync(join(folder, name)));
const link = named(DOCUMENTS.exec(page)?.[0] ?? '');
const later = readdirSync(folder).filter((name) => name.endsWith('.wasm') && ![...first, ...link].includes(name));

function size(name, when) {
  const bytes = readFileSync(join(folder, name));
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } };
  return { name, raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotliCompressSync(bytes, quality).length, when };
}

const all = Object.entries({ first, link, later }).flatMap(([when, names]) => names.map((name) => size(name, when)));
console.log(JSON.stringify(all));
