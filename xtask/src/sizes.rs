//! What the page weighs: raw, gzip and brotli, by node's own zlib. What a first load fetches, and the parts that come
//! later.

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
    /// When it is fetched.
    pub when: When,
}

/// When a file is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Before the page can be used.
    First,
    /// Before that too, where the page is opened by a link.
    Link,
    /// Once the page is at rest, or when it is needed.
    Later,
}

/// Bytes of each file that the page of a site fetches.
pub fn measure(machine: &Machine, folder: &Path) -> Result<Vec<Size>> {
    let mut node = machine.command("node");
    node.arg(paths::root().join("tools/sizes.mjs")).arg(folder);
    let said = process::output(&mut node).context("node tools/sizes.mjs failed")?;
    serde_json::from_str(&said).context("tools/sizes.mjs printed something else than sizes")
}

/// All that are fetched then, counted by `of`.
pub fn sum(sizes: &[Size], when: When, of: fn(&Size) -> u64) -> u64 {
    sizes.iter().filter(|size| size.when == when).map(of).sum()
}

/// Prints a table of them. Without node (a dev build needs none) it prints nothing.
pub fn report(machine: &Machine, folder: &Path) -> Result<()> {
    if paths::which(&["node"]).is_none() {
        return Ok(());
    }
    let sizes = measure(machine, folder)?;
    println!("\n{:<44}{:>12}{:>12}{:>12}", "bytes", "raw", "gzip", "brotli");
    rows(&sizes, When::First, "first load, all files");
    if sizes.iter().any(|size| size.when != When::First) {
        rows(&sizes, When::Link, "where a link is opened, also");
        rows(&sizes, When::Later, "loaded later");
    }
    Ok(())
}

fn rows(sizes: &[Size], when: When, sum_of: &str) {
    let row = |name: &str, raw: u64, gzip: u64, brotli: u64| {
        println!("{name:<44}{raw:>12}{gzip:>12}{brotli:>12}");
    };
    for size in sizes.iter().filter(|size| size.when == when) {
        row(&size.name, size.raw, size.gzip, size.brotli);
    }
    let sum = |of| sum(sizes, when, of);
    row(sum_of, sum(|s| s.raw), sum(|s| s.gzip), sum(|s| s.brotli));
}
