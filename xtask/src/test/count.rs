//! How many test cases passed and failed, read from what the runners print.

use std::fmt;
use std::ops::AddAssign;

use serde::Deserialize;

/// Test cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// Those that passed.
    pub passed: u64,
    /// Those that did not.
    pub failed: u64,
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.passed, self.failed) {
            (1, 0) => f.write_str("passed"),
            (passed, 0) => write!(f, "{passed} passed"),
            (passed, failed) => write!(f, "{passed} passed, {failed} failed"),
        }
    }
}

/// One check, passed or not.
pub fn one(passed: bool) -> Count {
    Count { passed: u64::from(passed), failed: u64::from(!passed) }
}

/// Sums the "test result: ok. 3 passed; 1 failed; ..." lines of Rust's test harness, which
/// wasm-bindgen's prints too.
pub fn of_rust(log: &str) -> Count {
    let mut total = Count::default();
    for line in log.lines() {
        let Some((_, result)) = line.split_once("test result: ") else { continue };
        let number = |word: &str| {
            let (before, _) = result.split_once(word)?;
            before.split_whitespace().next_back()?.parse().ok()
        };
        total += Count {
            passed: number(" passed").unwrap_or(0),
            failed: number(" failed").unwrap_or(0),
        };
    }
    total
}

#[derive(Deserialize)]
struct PlaywrightReport {
    stats: PlaywrightStats,
}

#[derive(Deserialize)]
struct PlaywrightStats {
    expected: u64,
    unexpected: u64,
    flaky: u64,
}

/// The counts in Playwright's JSON report. A flaky test has failed once.
pub fn of_playwright(report: &str) -> serde_json::Result<Count> {
    let PlaywrightReport { stats } = serde_json::from_str(report)?;
    Ok(Count { passed: stats.expected, failed: stats.unexpected + stats.flaky })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_all_test_binaries_add_up() {
        let log = "running 2 tests\ntest result: ok. 2 passed; 0 failed; 0 ignored; 0 measured\n\
                   test result: FAILED. 1 passed; 3 failed; 0 ignored\nDoc-tests x\n\
                   test result: ok. 0 passed; 0 failed; 0 ignored";
        assert_eq!(of_rust(log), Count { passed: 3, failed: 3 });
        assert_eq!(of_rust("error: could not compile"), Count::default());
    }

    #[test]
    fn a_flaky_browser_test_counts_as_failed() {
        let report = r#"{"stats":{"expected":7,"unexpected":1,"flaky":1,"skipped":0}}"#;
        assert_eq!(of_playwright(report).unwrap(), Count { passed: 7, failed: 2 });
        assert!(of_playwright("{}").is_err());
    }
}
