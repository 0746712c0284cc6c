//! log_scenarios.json: operations on one partition's log and the state after each.

use std::fmt::Debug;

use kafka_log::log::{AppendOrigin, CleanOptions, Log, OffsetSpec};

use crate::golden;
use crate::log_model::{
    Action, Cleaned, LookupResult, Op, Scenario, Scenarios, append, batch_states, config_of,
    data_batch, exception, isolation, marker, record_states, set, state_of,
};

#[test]
fn golden_logs_with_delete_policy_do_what_kafkas_do() {
    let scenarios = golden::<Scenarios>("log_scenarios.json").delete;
    assert!(!scenarios.is_empty());
    for scenario in &scenarios {
        run(scenario);
    }
}

#[test]
fn golden_logs_with_compact_policy_do_what_kafkas_do() {
    let scenarios = golden::<Scenarios>("log_scenarios.json").compact;
    assert!(!scenarios.is_empty());
    for scenario in &scenarios {
        run(scenario);
    }
}

/// Runs a scenario and compares everything it recorded.
fn run(scenario: &Scenario) {
    let log = &run_ops(scenario);
    let last = &scenario.r#final;
    assert_eq!(batch_states(log), last.batches, "{}", scenario.name);
    assert_eq!(record_states(log), last.records, "{}", scenario.name);
    let epochs: Vec<_> =
        log.leader_epochs().entries().iter().map(|e| (e.epoch, e.start_offset)).collect();
    assert_eq!(epochs, last.leader_epochs, "{}", scenario.name);
}

fn run_ops(scenario: &Scenario) -> Log {
    let mut replica = Replica {
        log: Log::new(config_of(scenario), scenario.start_time),
        now: scenario.start_time,
        at: String::new(),
    };
    for (index, op) in scenario.ops.iter().enumerate() {
        replica.at = format!("{} op {index} {:?}", scenario.name, op.action);
        let refused = replica.step(op);
        let refused = refused.map(exception);
        assert_eq!(refused, op.error.as_deref(), "{}", replica.at);
        assert_eq!(state_of(&replica.log), op.s, "{}", replica.at);
    }
    replica.log
}

struct Replica {
    log: Log,
    now: i64,
    at: String,
}

impl Replica {
    fn same<T: PartialEq + Debug>(&self, ours: T, kafkas: T) {
        assert_eq!(ours, kafkas, "{}", self.at);
    }

    /// Runs one operation and compares its result; returns the protocol error if it is refused.
    fn step(&mut self, op: &Op) -> Option<&'static str> {
        match &op.action {
            Action::Advance { ms, now } => {
                self.now += ms;
                self.same(self.now, *now);
            }
            Action::Append { .. } | Action::EndTxn { .. } => return self.append(&op.action),
            Action::Hw { to, hw } => {
                let ours = self.log.update_high_watermark(*to);
                self.same(ours, *hw);
            }
            Action::Retention { deleted_segments } => {
                let ours = self.log.delete_old_segments(self.now).len();
                self.same(ours, *deleted_segments);
            }
            Action::Roll { new_base } => {
                let ours = self.log.roll(self.now);
                self.same(ours, *new_base);
            }
            Action::DeleteRecords { to, changed } => match self.log.delete_records(*to) {
                Ok(ours) => self.same(Some(ours), *changed),
                Err(error) => return Some(error.kafka_error()),
            },
            Action::Truncate { to, truncated } => {
                let ours = self.log.truncate_to(*to, self.now).is_some();
                self.same(Some(ours), *truncated);
            }
            Action::Config { set: changes } => {
                let mut config = self.log.config().clone();
                for (name, value) in changes {
                    set(&mut config, name, value);
                }
                self.log.set_config(config);
            }
            Action::Lookup { result } => self.look_up(result),
            Action::Read { .. } => return self.read(&op.action),
            Action::Clean { cleaned, deleted_segments, batches, records } => {
                self.clean(cleaned.as_ref());
                let ours = self.log.delete_old_segments(self.now).len();
                self.same(ours, *deleted_segments);
                self.same(&batch_states(&self.log), batches);
                self.same(&record_states(&self.log), records);
            }
        }
        None
    }

    fn append(&mut self, action: &Action) -> Option<&'static str> {
        let now = self.now;
        match action {
            Action::Append {
                leader_epoch,
                records,
                pid,
                epoch,
                seq,
                txn,
                batch_size,
                first,
                last,
                max_ts,
                log_append_time,
            } => {
                let producer = pid.map(|pid| (pid, epoch.unwrap(), seq.unwrap()));
                let batch = data_batch(records, producer, *txn);
                self.same(batch.size_in_bytes(), *batch_size);
                let origin = AppendOrigin::Client;
                match append(&mut self.log, batch, *leader_epoch, now, origin) {
                    Err(error) => return Some(error.kafka_error()),
                    Ok(info) => {
                        self.same(Some(info.first_offset), *first);
                        self.same(Some(info.last_offset), *last);
                        self.same(Some(info.max_timestamp), *max_ts);
                        self.same(Some(info.log_append_time), *log_append_time);
                    }
                }
            }
            Action::EndTxn {
                leader_epoch,
                pid,
                epoch,
                commit,
                ts,
                transaction_version,
                batch_size,
                first,
                last,
            } => {
                let batch = marker(*commit, *pid, *epoch, *ts, 0);
                self.same(batch.size_in_bytes(), *batch_size);
                let origin =
                    AppendOrigin::Coordinator { transaction_version: *transaction_version };
                match append(&mut self.log, batch, *leader_epoch, now, origin) {
                    Err(error) => return Some(error.kafka_error()),
                    Ok(info) => {
                        self.same(Some(info.first_offset), *first);
                        self.same(Some(info.last_offset), *last);
                    }
                }
            }
            other => panic!("{other:?}"),
        }
        None
    }

    fn clean(&mut self, kafkas: Option<&Cleaned>) {
        let report = self.log.clean(self.now, &CleanOptions::default(), &mut |_| {}).unwrap();
        self.same(report.is_some(), kafkas.is_some());
        let (Some(report), Some(kafkas)) = (report, kafkas) else { return };
        let before = report.before;
        self.same(before.first_dirty_offset, kafkas.first_dirty);
        self.same(before.first_uncleanable_offset, kafkas.first_uncleanable);
        let total = before.clean_bytes + before.dirty_bytes;
        let ratio = before.dirty_bytes as f64 / total as f64;
        assert!((ratio - kafkas.cleanable_ratio).abs() < 1e-12, "{}: {ratio}", self.at);
        self.same(report.end_offset, kafkas.end_offset);
    }

    fn look_up(&self, result: &[LookupResult]) {
        for (timestamp, offset, found, epoch) in result {
            let ours = self.log.offset_for(OffsetSpec::from_timestamp(*timestamp).unwrap());
            let ours = ours.map(|found| (found.offset, found.timestamp, found.leader_epoch));
            let kafkas = offset.map(|offset| (offset, found.unwrap(), *epoch));
            assert_eq!(ours, kafkas, "{}: {timestamp}", self.at);
        }
    }

    fn read(&self, action: &Action) -> Option<&'static str> {
        let Action::Read {
            offset,
            max_bytes,
            min_one_message,
            isolation: name,
            size_in_bytes,
            batches,
            aborted,
        } = action
        else {
            panic!("{action:?}")
        };
        let isolation = isolation(name);
        let read = match self.log.read(*offset, *max_bytes, isolation, *min_one_message) {
            Ok(read) => read,
            Err(error) => return Some(error.kafka_error()),
        };
        self.same(Some(read.size), *size_in_bytes);
        let ours: Vec<_> =
            read.batches.iter().map(|b| (b.base_offset(), b.last_offset())).collect();
        self.same(Some(&ours), batches.as_ref());
        let ours: Vec<_> = read.aborted.iter().map(|t| (t.producer_id, t.first_offset)).collect();
        self.same(&ours, aborted.as_ref().unwrap_or(&Vec::new()));
        None
    }
}
