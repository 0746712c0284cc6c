//! Splits the page that trunk has built into what the first page needs and the parts that are loaded later.
//!
//! usage: `split-site STAGING_FOLDER WASM`, from `tools/post-build.sh`. `WASM` is what cargo has linked, with the
//! feature `split` of `web`: the functions at which it is cut are marked in it (`web/src/lazy.rs`), and it still holds
//! the relocations that tell what calls what. In the staging folder the page's wasm and its script give way to those
//! of the first page, the parts come beside them, and `index.html` names the new files.

mod cut;
mod imports;
mod names;
mod page;
mod styles;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

fn main() -> Result<()> {
    let mut args = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(staging), Some(wasm), None) = (args.next(), args.next(), args.next()) else {
        bail!("usage: split-site STAGING_FOLDER WASM");
    };
    split(&staging, &wasm)
}

fn split(staging: &Path, wasm: &Path) -> Result<()> {
    let work = wasm.with_extension("split");
    std::fs::remove_dir_all(&work).ok();
    let cut = cut::cut(wasm, &work)?;
    let files = names::rename(cut)?;
    page::replace(staging, &files)
}
