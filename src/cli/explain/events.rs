//! The newest events about an object. Pure.

use k8s_openapi::api::core::v1::Event;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::explanation::Event as Shown;
use super::gather::Known;

/// Most events that are shown.
const MOST: usize = 10;

/// Returns the newest events, the newest last; absent: they could not be read.
pub(super) fn newest(events: &Known<Vec<Event>>) -> Option<Vec<Shown>> {
    let mut shown: Vec<Shown> = events.as_ref().ok()?.iter().map(event).collect();
    shown.sort_by_key(|event| event.time.as_ref().map(|time| time.0));
    let old = shown.len().saturating_sub(MOST);
    Some(shown.split_off(old))
}

fn event(event: &Event) -> Shown {
    let series = event.series.as_ref().and_then(|series| series.last_observed_time.as_ref()).map(|time| time.0);
    let last = series.or(event.last_timestamp.as_ref().map(|time| time.0));
    let time = last.or(event.event_time.as_ref().map(|time| time.0));
    Shown {
        time: time.or(event.metadata.creation_timestamp.as_ref().map(|time| time.0)).map(Time),
        type_: event.type_.clone().unwrap_or_default(),
        reason: event.reason.clone().unwrap_or_default(),
        message: event.message.clone().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
    use k8s_openapi::jiff::Timestamp;

    use super::*;

    #[test]
    fn the_ten_newest_are_shown_the_newest_last() {
        let at = |second: i64| Event {
            reason: Some(second.to_string()),
            event_time: Timestamp::from_second(second).ok().map(MicroTime),
            ..Event::default()
        };
        let events = (0..12).rev().map(at).collect();
        let shown = newest(&Ok(events)).expect("they are known");
        let reasons: Vec<&str> = shown.iter().map(|event| event.reason.as_str()).collect();
        assert_eq!(reasons, ["2", "3", "4", "5", "6", "7", "8", "9", "10", "11"]);
        assert_eq!(newest(&Err("forbidden".to_owned())), None);
    }
}
