//! When the client makes a new UserSig, and that it repeats a call for no other reason.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use roomkeeper_providers::tencent::{RoomEngine, usersig};
use roomkeeper_providers::{Class, Code, What};

use crate::vendor::{Request, Vendor, json};
use crate::{NOW, client, failure, success};

fn issued_at(request: &Request) -> u64 {
    usersig::decode(request.query()["usersig"]).expect("a signature").issued_at
}

#[tokio::test]
async fn a_signature_is_renewed_half_way_and_when_the_clock_goes_back() {
    const HALF_A_DAY: u64 = 12 * 3600;
    let vendor = Vendor::start((0..4).map(|_| json(&success()))).await;
    let time = Arc::new(AtomicU64::new(NOW));
    let clock = Arc::clone(&time);
    let engine = RoomEngine::new(client(&vendor.endpoint, move || clock.load(Ordering::Relaxed)));
    for now in [NOW, NOW + HALF_A_DAY - 1, NOW + HALF_A_DAY, NOW - 60] {
        time.store(now, Ordering::Relaxed);
        engine.destroy_room("r").await.expect("a success");
    }
    let seen: Vec<u64> = vendor.requests().iter().map(issued_at).collect();
    assert_eq!(seen, [NOW, NOW, NOW + HALF_A_DAY, NOW - 60]);
}

#[tokio::test]
async fn an_expired_signature_is_made_anew_and_that_one_call_repeated() {
    for expired in [70_001, 70_052] {
        let vendor = Vendor::start([json(&failure(expired)), json(&success()), json(&success())]).await;
        let time = AtomicU64::new(NOW);
        let engine = RoomEngine::new(client(&vendor.endpoint, move || time.fetch_add(1, Ordering::Relaxed)));
        engine.destroy_room("r").await.expect("the second attempt succeeds");
        engine.destroy_room("r").await.expect("the new signature is kept");
        let requests = vendor.requests();
        assert_eq!(requests.len(), 3);
        assert_eq!(requests[0].body, requests[1].body);
        assert!(issued_at(&requests[0]) < issued_at(&requests[1]));
        assert_eq!(requests[1].query()["usersig"], requests[2].query()["usersig"]);
    }
}

#[tokio::test]
async fn a_signature_that_expires_twice_is_a_failure() {
    let vendor = Vendor::start([json(&failure(70_001)), json(&failure(70_001)), json(&success())]).await;
    let engine = RoomEngine::new(client(&vendor.endpoint, || NOW));
    let error = engine.destroy_room("r").await.expect_err("expired again");
    assert_eq!((error.class(), error.code()), (Class::Credentials, Some(&Code::Tencent(70_001))));
    assert_eq!(vendor.requests().len(), 2);
}

#[tokio::test]
async fn no_other_refusal_is_repeated() {
    let rows = [
        (70_009, Class::Credentials),
        (60_005, Class::Credentials),
        (60_008, Class::Unavailable),
        (100_001, Class::Unavailable),
        (100_004, Class::NotFound { what: What::Room }),
        (60_007, Class::Throttled { after: None }),
    ];
    for (code, class) in rows {
        let vendor = Vendor::start([json(&failure(code)), json(&success())]).await;
        let engine = RoomEngine::new(client(&vendor.endpoint, || NOW));
        let error = engine.destroy_room("r").await.expect_err("refused");
        assert_eq!((error.class(), error.code()), (class, Some(&Code::Tencent(code))));
        assert_eq!((error.operation(), error.message(), error.request_id()), ("destroy_room", "a text", Some("req-2")));
        assert_eq!(vendor.requests().len(), 1, "{code}");
    }
}
