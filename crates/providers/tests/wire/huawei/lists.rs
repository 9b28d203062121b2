//! How pages become a list, with vendors that count wrongly, repeat pages, and change meanwhile.

use std::sync::atomic::{AtomicUsize, Ordering};

use roomkeeper_providers::huawei::cloud_rtc::{RoomQuery, RoomState};
use roomkeeper_providers::{Class, Error, Reply};
use serde_json::{Value, json};

use super::{APP, NOW, access_key, cloud_rtc, shown};
use crate::vendor::{Request, Vendor};

/// Reads the list of a vendor that gives this for each page, and returns the numbers of the rooms, the calls and the waits.
async fn listed(page: impl FnMut(usize) -> Value + Send + 'static) -> (Result<Reply<Vec<usize>>, Error>, usize, usize) {
    let mut page = page;
    let vendor = Vendor::answering(move |request| shown(&page(offset(request)))).await;
    let client = cloud_rtc(&vendor.endpoint, access_key(), || NOW);
    let query = RoomQuery { app: APP.into(), room: None, state: Some(RoomState::Running), since: 0, until: Some(NOW) };
    let waits = AtomicUsize::new(0);
    let reply = client
        .get_rooms(&query, || {
            waits.fetch_add(1, Ordering::Relaxed);
            std::future::ready(())
        })
        .await;
    let reply = reply
        .map(|reply| reply.map(|rooms| rooms.iter().map(|room| room.room_id.parse().expect("a number")).collect()));
    (reply, vendor.requests().len(), waits.into_inner())
}

fn offset(request: &Request) -> usize {
    assert_eq!(request.query()["limit"], "100");
    request.query()["offset"].parse().expect("a number")
}

fn page(total: usize, rooms: impl IntoIterator<Item = usize>) -> Value {
    let room = |number: usize| json!({"room_id": number, "start_time": "2026-01-01T00:00:00Z"});
    json!({"total": total, "room_info_list": rooms.into_iter().map(room).collect::<Vec<_>>()})
}

/// Returns a page of a list that stays as it is.
fn steady(total: usize, most: usize) -> impl Fn(usize) -> Value {
    move |offset| page(total, offset..total.min(offset + most))
}

#[tokio::test]
async fn a_list_is_read_to_its_count_and_waits_before_each_page_but_the_first() {
    for (total, most, calls) in [(0, 100, 1), (1, 100, 1), (100, 100, 1), (101, 100, 2), (250, 100, 3), (25, 10, 3)] {
        let (reply, seen, waits) = listed(steady(total, most)).await;
        assert_eq!(reply.expect("a list").value, (0..total).collect::<Vec<_>>());
        assert_eq!((seen, waits), (calls, calls - 1), "{total} by {most}");
    }
}

#[tokio::test]
async fn a_list_that_changes_while_it_is_read_is_read_once_more() {
    let mut calls = 0;
    // Room 0 closes after the first page, so that room 100 moves into a page that was read.
    let (reply, seen, waits) = listed(move |offset| {
        calls += 1;
        let rooms: Vec<usize> = if calls == 1 { (0..150).collect() } else { (1..150).collect() };
        page(rooms.len(), rooms.into_iter().skip(offset).take(100))
    })
    .await;
    let mut rooms = reply.expect("a list").value;
    rooms.sort_unstable();
    assert_eq!(rooms, (0..150).collect::<Vec<_>>(), "what has just ended is still named, and nothing is missing");
    assert_eq!((seen, waits), (4, 3));
}

#[tokio::test]
async fn a_list_that_changes_again_and_again_is_taken_as_it_was_seen() {
    let mut calls = 0;
    let (reply, seen, _) = listed(move |offset| {
        calls += 1;
        page(150 + calls, offset..(150 + calls).min(offset + 100))
    })
    .await;
    assert_eq!(reply.expect("a list").value.len(), 154);
    assert_eq!(seen, 4);
}

#[tokio::test]
async fn an_item_that_comes_twice_counts_once() {
    let (reply, seen, _) = listed(|_| page(3, [1, 2, 1])).await;
    assert_eq!(reply.expect("a list").value, [1, 2]);
    assert_eq!(seen, 2, "it may have taken the place of another one, so the list is read once more");
}

#[tokio::test]
async fn a_list_with_less_than_it_counts_is_no_list() {
    let rows: [fn(usize) -> Value; 3] = [
        // The last page again and again, as documented for offsets beyond the end.
        |offset| if offset == 0 { page(150, 0..100) } else { page(150, 100..120) },
        // Nothing, although more is promised.
        |offset| page(150, offset..100),
        // The first page, whatever is asked for.
        |_| page(150, 0..100),
    ];
    for (row, vendor) in rows.into_iter().enumerate() {
        let (reply, seen, _) = listed(vendor).await;
        let error = reply.expect_err("no list");
        assert_eq!((error.class(), error.request_id()), (Class::Unknown, Some("req-1")), "row {row}");
        assert!(error.message().contains("fewer"), "{error}");
        assert!(seen <= 8, "row {row}: {seen} calls");
    }
}

#[tokio::test]
async fn a_list_whose_offsets_count_pages_is_read_too() {
    for (total, calls) in [(150, 2), (250, 6), (1000, 13)] {
        let (reply, seen, _) = listed(move |offset| {
            // Beyond the end there is the last page again.
            let number = offset.min((total - 1) / 100);
            page(total, number * 100..total.min(number * 100 + 100))
        })
        .await;
        let mut rooms = reply.expect("a list").value;
        rooms.sort_unstable();
        assert_eq!(rooms, (0..total).collect::<Vec<_>>());
        assert_eq!(seen, calls, "{total}");
    }
}

#[tokio::test]
async fn a_list_without_an_end_is_given_up() {
    let (reply, seen, _) = listed(|offset| page(1_000_000, [offset])).await;
    let error = reply.expect_err("no list");
    assert_eq!(error.class(), Class::Unknown);
    assert!(error.message().contains("does not end"), "{error}");
    assert_eq!(seen, 200);
}

#[tokio::test]
async fn a_list_without_a_count_or_with_a_nameless_item_is_no_list() {
    let rows = [
        (json!({"room_info_list": []}), "a missing or unexpected value"),
        (json!({"total": "many", "room_info_list": []}), "total"),
        (json!({"total": 1, "room_info_list": [{"room_id": ""}]}), "room_info_list[0].room_id"),
        (json!({"total": 1, "room_info_list": [{"room_id": "1", "start_time": "soon"}]}), "start_time"),
    ];
    for (answer, place) in rows {
        let (reply, ..) = listed(move |_| answer.clone()).await;
        let error = reply.expect_err("no list");
        assert_eq!((error.class(), error.request_id()), (Class::Unknown, Some("req-1")));
        assert!(error.message().contains(place), "{error}");
    }
}
