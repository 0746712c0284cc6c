#!/bin/sh
# trunk runs this after each build, before what it built takes the place of the old site.
set -eu
page="$TRUNK_STAGING_DIR/index.html"

# `trunk serve` puts its reload script inline, into this page only. What is published has none,
# and its policy stays as it is.
if grep -q '__TRUNK_ADDRESS__' "$page"; then
  sed "s#'wasm-unsafe-eval'#'wasm-unsafe-eval' 'unsafe-inline'#" "$page" >"$page.new"
  mv "$page.new" "$page"
fi

# `cargo xtask build` has the wasm cut in parts: it names the program that does it, and what it cuts.
if [ -n "${OTTLA_SPLIT:-}" ]; then
  "$OTTLA_SPLIT" "$TRUNK_STAGING_DIR" "$OTTLA_SPLIT_WASM"
fi

# Here rather than by trunk, which would shrink what is then cut, and knows no parts.
if [ "$TRUNK_PROFILE" = release ]; then
  if command -v wasm-opt >/dev/null; then
    for wasm in "$TRUNK_STAGING_DIR"/*.wasm; do
      wasm-opt -Oz "$wasm" -o "$wasm" --enable-bulk-memory --enable-bulk-memory-opt \
        --enable-mutable-globals --enable-nontrapping-float-to-int --enable-sign-ext \
        --enable-reference-types --enable-multivalue --enable-call-indirect-overlong
    done
  else
    echo "wasm-opt is not on PATH: the wasm stays a fifth larger" >&2
  fi
fi

# The embed page is the same page a folder deeper: one build, one wasm.
# Minified attributes have lost their quotes, so "=" may stand before "./".
mkdir -p "$TRUNK_STAGING_DIR/embed"
sed -E "s#([=(\"' ])\./#\1../#g" "$page" >"$TRUNK_STAGING_DIR/embed/index.html"
