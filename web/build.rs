//! What the page's linking needs.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // tools/split finds out by the relocations what is reached from where.
    if std::env::var_os("CARGO_FEATURE_SPLIT").is_some() {
        println!("cargo:rustc-link-arg-bins=--emit-relocs");
    }
}
