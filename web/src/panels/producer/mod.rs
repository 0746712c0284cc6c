//! What a producer's ⋯ opens: one record by hand, the stream, the configs; and the form for a new producer.

mod add;
mod bytes_field;
mod delivery_tab;
mod goes_to;
mod headers;
mod key_shares;
mod record_form;
mod record_tab;
mod sheet;
mod size;
mod stream_draft;
mod stream_keys;
mod stream_tab;

pub use add::AddProducer;
pub use sheet::ProducerSheet;
