//! The cutting, and wasm-bindgen over what stays.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow, ensure};
use wasm_split_cli_support::{Options, transform};

use crate::imports;

/// The script that loads the parts, as the first page's script names it.
pub const LOADER: &str = "./__wasm_split.js";
/// The first page's script, as the loader names it.
pub const SCRIPT: &str = "./web.js";

/// The part that the page waits for where it is opened by a link (`web/src/keep/texts.rs`).
const DOCUMENTS: &str = "documents";

/// What came out of the cutting, under the names that the tools give.
pub struct Cut {
    /// The first page's wasm.
    pub wasm: Vec<u8>,
    /// The script around it.
    pub script: String,
    /// The script that loads the parts.
    pub loader: String,
    /// The parts: file name and bytes.
    pub parts: Vec<(String, Vec<u8>)>,
    /// The files, without `.wasm`, of the part that reads documents.
    pub documents: Vec<String>,
}

/// Cuts `wasm` in the folder `work`.
pub fn cut(wasm: &Path, work: &Path) -> Result<Cut> {
    let input = std::fs::read(wasm).with_context(|| format!("cannot read {}", wasm.display()))?;
    let first = work.join("web.wasm");
    let mut options = Options::new(&input);
    options.output_dir = work;
    options.main_out_path = &first;
    options.link_name = LOADER;
    options.main_module = SCRIPT;
    options.target.web();
    let mut made = transform(options).map_err(|error| anyhow!("{error:#}"))?;
    let parts: Result<Vec<_>> = made.split_modules.iter().map(part).collect();
    let bound = work.join("bound");
    bind(&first, &bound)?;
    let wasm = std::fs::read(bound.join("web_bg.wasm"))?;
    let script = std::fs::read_to_string(bound.join("web.js"))?;
    let (wasm, script) = imports::shorten(&wasm, &script)?;
    Ok(Cut {
        wasm,
        script,
        loader: std::fs::read_to_string(work.join(LOADER))?,
        parts: parts?,
        documents: made.prefetch_map.remove(DOCUMENTS).unwrap_or_default(),
    })
}

fn part(file: &PathBuf) -> Result<(String, Vec<u8>)> {
    let name = file.file_name().context("a part without a name")?;
    Ok((name.to_string_lossy().into_owned(), std::fs::read(file)?))
}

/// The parts use what the linker exported, so wasm-bindgen is to keep it.
fn bind(wasm: &Path, into: &Path) -> Result<()> {
    let status = Command::new("wasm-bindgen")
        .args(["--target=web", "--no-typescript", "--keep-lld-exports", "--out-name=web"])
        .arg("--out-dir")
        .arg(into)
        .arg(wasm)
        .status()
        .context("cannot start wasm-bindgen")?;
    ensure!(status.success(), "wasm-bindgen ended with {status}");
    Ok(())
}
