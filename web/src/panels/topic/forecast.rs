//! What retention asks about a segment, and what it answers: the text of the retention popover.
//! R-LOG-40 to R-LOG-46, UnifiedLog.deleteOldSegments.

use crate::panels::text::{plural, since};
use crate::ui::text::{bytes, number, range, span};
use log_engine::view::{LaneView, RetentionView, SegmentView, TopicView};

/// Kafka's default of `log.retention.check.interval.ms`.
const CHECK_DEFAULT_MS: i64 = 300_000;

/// One question with its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The question.
    pub question: &'static str,
    /// The answer.
    pub text: String,
    /// Answered with yes already.
    pub yes: bool,
}

/// All that the popover says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// Heading.
    pub title: String,
    /// When, in words.
    pub when: String,
    /// The three questions.
    pub answers: Vec<Answer>,
    /// What changes then.
    pub then: String,
    /// Who has not read it.
    pub unread: String,
    /// When it goes, in ms since the epoch.
    pub at_ms: i64,
    /// `retention.ms` or `retention.bytes`: what to change.
    pub config: String,
}

/// What is needed to answer.
pub struct Facts<'v> {
    /// The lane, its window at the log start.
    pub lane: &'v LaneView,
    /// What goes next.
    pub retention: &'v RetentionView,
    /// The topic with its configs.
    pub topic: &'v TopicView,
    /// Now and the start, in ms since the epoch.
    pub now_ms: i64,
    /// The scenario's start.
    pub start_ms: i64,
}

impl Facts<'_> {
    fn config(&self, name: &str) -> i64 {
        let found = self.topic.configs.iter().find(|config| config.name == name);
        found.and_then(|config| config.value.as_deref()?.parse().ok()).unwrap_or(-1)
    }

    fn at(&self, ms: i64) -> String {
        since(ms, self.start_ms)
    }

    /// The forecast in words.
    pub fn forecast(&self) -> Forecast {
        let due = self.retention;
        let what = if due.segments == 1 {
            "Segment".to_owned()
        } else {
            plural(i64::from(due.segments), "segment", "segments")
        };
        let goes = if due.segments == 1 { "goes" } else { "go" };
        let offsets = range(due.first_offset, due.last_offset);
        let partition = self.lane.partition;
        let wait = span((due.deletes_at_ms - self.now_ms).max(0));
        Forecast {
            title: format!(
                "{what} {offsets} of P{partition} {goes} at {}",
                self.at(due.deletes_at_ms)
            ),
            when: format!("by the next retention check, in {wait}. Kafka asks three questions:"),
            answers: vec![self.old_enough(), self.may_go(), self.check()],
            then: self.then(),
            unread: self.unread(),
            at_ms: due.deletes_at_ms,
            config: if due.reason == "retention.bytes" {
                "retention.bytes"
            } else {
                "retention.ms"
            }
            .to_owned(),
        }
    }

    fn oldest(&self) -> Option<&SegmentView> {
        self.lane.segments.first()
    }

    /// The first question: is it due by time, by size, or below the log start?
    fn old_enough(&self) -> Answer {
        match self.retention.reason.as_str() {
            "retention.bytes" => self.too_big(),
            "retention.ms" => self.too_old(),
            _ => Answer {
                question: "Does it end before the log start?",
                text: format!("all of it is below log start {}", self.lane.log_start),
                yes: true,
            },
        }
    }

    fn too_old(&self) -> Answer {
        let newest = self.oldest().map_or(self.retention.counts_from_ms, |s| s.largest_timestamp);
        let keep_ms = self.config("retention.ms");
        let due_ms = newest.saturating_add(keep_ms).saturating_add(1);
        Answer {
            question: "Is its newest record older than retention.ms?",
            text: format!(
                "it is from {}; strictly older than {} ms from {} on",
                self.at(newest),
                number(keep_ms),
                self.at(due_ms)
            ),
            yes: self.now_ms >= due_ms,
        }
    }

    fn too_big(&self) -> Answer {
        let keep = self.config("retention.bytes");
        let excess = self.lane.bytes - keep;
        let own = self.oldest().map_or(0, |segment| segment.bytes);
        Answer {
            question: "Is the log larger than retention.bytes by at least this segment?",
            text: format!(
                "the log has {}, {} more than retention.bytes {}; the segment has {}",
                bytes(self.lane.bytes),
                bytes(excess.max(0)),
                number(keep),
                bytes(own)
            ),
            yes: excess >= own,
        }
    }

    fn may_go(&self) -> Answer {
        let last = self.retention.last_offset;
        let high_watermark = self.lane.high_watermark;
        let active = self.oldest().is_some_and(|segment| segment.active);
        let first = if active {
            "it is the active one: a new, empty segment is rolled first"
        } else {
            "it is the oldest"
        };
        let below = last < high_watermark;
        let relation = if below { "below" } else { "not below" };
        Answer {
            question: "Are all segments before it gone, and is it below the high watermark?",
            text: format!("{first}; {last} is {relation} HW {high_watermark}"),
            yes: below,
        }
    }

    fn check(&self) -> Answer {
        let every = self.topic.retention_check_interval_ms;
        let default = if every == CHECK_DEFAULT_MS {
            "the default".to_owned()
        } else {
            format!("{} by default", number(CHECK_DEFAULT_MS))
        };
        let at = self.at(self.retention.deletes_at_ms);
        Answer {
            question: "When does the check run?",
            text: format!(
                "every log.retention.check.interval.ms, {} here ({default}); {at} is the first after that",
                number(every)
            ),
            yes: false,
        }
    }

    fn then(&self) -> String {
        let delay = span(self.config("file.delete.delay.ms").max(0));
        let after = self.retention.last_offset + 1;
        let size = bytes(self.retention.bytes);
        format!(
            "log start {} → {after}, {size} less; the files go {delay} later",
            self.lane.log_start
        )
    }

    fn unread(&self) -> String {
        if self.retention.unread.is_empty() {
            return "nothing is lost unread: every group has read past it".to_owned();
        }
        let group = |(name, count): &(String, i64)| {
            format!("{name} has not read {}", plural(*count, "record", "records"))
        };
        self.retention.unread.iter().map(group).collect::<Vec<_>>().join(", ")
    }
}
