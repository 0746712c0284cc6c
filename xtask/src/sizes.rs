//! What a first load weighs: raw, gzip and brotli, by node's own zlib.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::setup::Machine;
use crate::{paths, process};

/// Bytes of one file of the site.
#[derive(Debug, Deserialize)]
pub struct Size {
    /// Path below the site's folder.
    pub name: String,
    /// As it lies there.
    pub raw: u64,
    /// gzip -9.
    pub gzip: u64,
    /// brotli 11.
    pub brotli: u64,
}

/// Bytes of each file of a site that a first load of the page fetches.
pub fn measure(machine: &Machine, folder: &Path) -> Result<Vec<Size>> {
    let mut node = machine.command("node");
    node.arg(paths::root().join("tools/sizes.mjs")).arg(folder);
    let said = process::output(&mut node).context("node tools/sizes.mjs failed")?;
    serde_json::from_str(&said).context("tools/sizes.mjs printed something else than sizes")
}

/// Prints a table of them. Without node (a dev build needs none) it prints nothing.
pub fn report(machine: &Machine, folder: &Path) -> Result<()> {
    if paths::which(&["node"]).is_none() {
        return Ok(());
    }
    let sizes = measure(machine, folder)?;
    println!("\n{:<44}{:>12}{:>12}{:>12}", "bytes", "raw", "gzip", "brotli");
    for size in &sizes {
        println!("{:<44}{:>12}{:>12}{:>12}", size.name, size.raw, size.gzip, size.brotli);
    }
    let sum = |of: fn(&Size) -> u64| sizes.iter().map(of).sum::<u64>();
    let (raw, gzip, brotli) = (sum(|s| s.raw), sum(|s| s.gzip), sum(|s| s.brotli));
    println!("{:<44}{raw:>12}{gzip:>12}{brotli:>12}", "first load, all files");
    Ok(())
}
