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

# The embed page is the same page a folder deeper: one build, one wasm.
# Minified attributes have lost their quotes, so "=" may stand before "./".
mkdir -p "$TRUNK_STAGING_DIR/embed"
sed -E "s#([=(\"' ])\./#\1../#g" "$page" >"$TRUNK_STAGING_DIR/embed/index.html"
