//! `key=value` arguments and property files (`CommandLineUtils.parseKeyValueArgs`, `java.util.Properties`).

use crate::exception::Exception;
use crate::files::Files;
use log_engine::Configs;

/// Options such as `--command-property acks=1`; a missing value is empty.
pub(crate) fn from_args(args: &[&str]) -> Configs {
    let pair = |arg: &&str| {
        let (key, value) = arg.split_once('=').unwrap_or((arg, ""));
        (key.to_owned(), value.to_owned())
    };
    args.iter().map(pair).collect()
}

/// The properties in a file of the terminal's.
pub(crate) fn from_file(files: &Files, path: &str) -> Result<Configs, Exception> {
    let text = files.read(path).ok_or_else(|| Exception::no_such_file(path))?;
    let lines = text.lines().map(str::trim);
    let pairs = lines.filter(|line| !line.is_empty() && !line.starts_with(['#', '!']));
    let read = |line: &str| {
        let at = line.find(['=', ':']).unwrap_or(line.len());
        let (key, value) = line.split_at_checked(at).unwrap_or((line, ""));
        (key.trim().to_owned(), value.trim_start_matches(['=', ':']).trim().to_owned())
    };
    Ok(pairs.map(read).collect())
}
