//! Makes a failing storm small: faults, then clients, are left out as long as it still fails.

use super::make::WEATHER_MS;
use super::play;
use crate::document::Document;

/// The smallest document found that still fails, with how it fails. `tries` bounds the work.
pub fn shrink(document: Document, broken: String, mut tries: u32) -> (Document, String) {
    let (mut best, mut how) = (document, broken);
    // What mends everything at the end stays: without it nothing comes together.
    let faults = |document: &Document| {
        document.journal.iter().take_while(|entry| entry.at < WEATHER_MS).count()
    };
    let mut width = (faults(&best) / 2).max(1);
    while width > 0 && tries > 0 {
        let mut at = 0;
        while at < faults(&best) && tries > 0 {
            let mut smaller = best.clone();
            let end = (at + width).min(faults(&best));
            smaller.journal.drain(at..end);
            tries -= 1;
            match play(&smaller) {
                Err(broken) => (best, how) = (smaller, broken),
                Ok(_) => at += width,
            }
        }
        width /= 2;
    }
    let mut at = best.setup.len();
    while at > 0 && tries > 0 {
        at -= 1;
        let mut smaller = best.clone();
        smaller.setup.remove(at);
        tries -= 1;
        if let Err(broken) = play(&smaller)
            && !broken.starts_with("UNKNOWN")
        {
            (best, how) = (smaller, broken);
        }
    }
    (best, how)
}
