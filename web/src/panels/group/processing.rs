//! How long a record takes, and whether a full poll fits into `max.poll.interval.ms`.

use crate::panels::controls::Slider;
use crate::panels::text::span_us;
use crate::ui::text::{number, span};
use leptos::prelude::*;

/// Places of the slider, in microseconds.
const PLACES_US: [u64; 24] = [
    0, 10, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000, 50_000, 80_000, 120_000,
    180_000, 250_000, 400_000, 600_000, 900_000, 1_500_000, 3_000_000, 10_000_000, 30_000_000,
];

fn place_of(us: u64) -> usize {
    let nearest = PLACES_US.iter().enumerate().min_by_key(|(_, place)| place.abs_diff(us));
    nearest.map_or(0, |(place, _)| place)
}

/// The slider.
#[component]
pub fn Processing(
    /// Id of the field, for its label.
    id: String,
    /// Microseconds for each record.
    us: Signal<u64>,
    /// Called with another time.
    on_change: Callback<u64>,
) -> impl IntoView {
    let at = |place: usize| PLACES_US.get(place).copied().unwrap_or(0);
    view! {
        <Slider
            id
            max=PLACES_US.len() - 1
            value=Signal::derive(move || place_of(us.get()))
            words=Callback::new(move |place| span_us(at(place)))
            on_change=Callback::new(move |place| on_change.run(at(place)))
        />
    }
    .into_any()
}

/// `500 records × 180 ms = 90 s: fits`; past `max.poll.interval.ms` the member is thrown out (R-GRP-20).
pub fn poll_sum(max_poll_records: &str, us: u64, max_poll_interval_ms: &str) -> String {
    let (Ok(records), Ok(interval_ms)) =
        (max_poll_records.parse::<u64>(), max_poll_interval_ms.parse::<u64>())
    else {
        return String::new();
    };
    let total_ms = records.saturating_mul(us) / 1000;
    let signed = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let verdict = if total_ms <= interval_ms {
        "fits".to_owned()
    } else {
        format!(
            "longer than {}: a full poll ends with the member leaving the group",
            span(signed(interval_ms))
        )
    };
    format!(
        "{} records × {} = {}: {verdict}",
        number(signed(records)),
        span_us(us),
        span(signed(total_ms))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_poll_fits_or_not() {
        assert_eq!(poll_sum("500", 180_000, "300000"), "500 records × 180 ms = 1 min 30 s: fits");
        assert!(poll_sum("500", 900_000, "300000").contains("longer than 5 min"));
        assert_eq!(poll_sum("five", 1, "1"), "");
    }

    #[test]
    fn each_place_is_its_own_nearest() {
        for (place, us) in PLACES_US.iter().enumerate() {
            assert_eq!(place_of(*us), place);
        }
    }
}
