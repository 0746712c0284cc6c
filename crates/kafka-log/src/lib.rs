//! One replica's log: record batch v2 codec, segments, retention, look-ups, producer state.
