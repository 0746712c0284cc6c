//! `cargo xtask serve`: set up, build, serve, print the address.

use std::time::Instant;

use anyhow::Result;

use crate::args::ServeOptions;
use crate::static_server::{self, Site};
use crate::{progress, setup, site};

/// Serves until the process is ended.
pub fn serve(options: &ServeOptions) -> Result<()> {
    let began = Instant::now();
    let machine = setup::prepare(setup::Purpose::for_site(options.profile))?;
    site::build(&machine, options.profile)?;
    let (listener, port) = static_server::listen(options.port)?;
    println!(
        "\nOttla is at {}  (up after {}; Ctrl+C ends it)",
        static_server::address(port, &options.base),
        progress::seconds(began.elapsed())
    );
    static_server::run(listener, Site::new(site::dist(options.profile), options.base.clone()));
    Ok(())
}
