// Sizes of what a first load of the page fetches: index.html and every file it names.
// usage: node tools/sizes.mjs FOLDER    prints JSON [{ name, raw, gzip, brotli }]
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const folder = process.argv[2];
const page = readFileSync(join(folder, 'index.html'), 'utf8');
// Attribute values may have lost their quotes in minifying.
const named = [...page.matchAll(/\.\/([\w./-]+\.(?:css|js|mjs|wasm|svg|png|woff2|json))/g)].map((match) => match[1]);
const names = ['index.html', ...new Set(named)].filter((name) => existsSync(join(folder, name)));

const sizes = names.map((name) => {
  const bytes = readFileSync(join(folder, name));
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } };
  return { name, raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotliCompressSync(bytes, quality).length };
});
console.log(JSON.stringify(sizes));
