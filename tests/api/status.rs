//! The status: its defaults on a new object, and what is kept of one that is applied.
//!
//! What the operator writes into it is not told here.

use http::StatusCode;
use kube::Client;
use roomkeeper::api::condition::{DRIFTED, READY, STALLED};
use roomkeeper::api::status::{AppliedSecret, Drift, LastFailure, LastOperation, Observed};
use roomkeeper::api::{Condition, ConditionStatus, ProviderConfig, ProviderConfigStatus, RoomStatus};
use serde_json::{Value, json};

use crate::accounts::account;
use crate::meeting_rooms::meeting_room;
use crate::rooms::room;
use crate::server::{Answer, apply, create, installed, namespace};

#[tokio::test]
async fn new_objects_do_not_look_healthy() {
    let (client, _) = installed().await;
    let places = namespace(&client).await;
    for (path, object) in [(&places.rooms, room()), (&places.meeting_rooms, meeting_room())] {
        let created = create(&client, path, &object, "").await;
        assert_eq!(created.warnings, Vec::<String>::new());
        let status: RoomStatus = serde_json::from_value(created.body["status"].clone()).unwrap();
        assert_eq!(status, RoomStatus::default(), "{}", created.body);
        assert_eq!(created.body["status"]["observedGeneration"], -1);
        assert_eq!(created.body["status"]["conditions"][0]["status"], "Unknown");
    }

    let created = create(&client, &places.accounts, &account(), "").await;
    let account: ProviderConfig = serde_json::from_value(created.body.clone()).unwrap();
    assert_eq!(account.status, Some(ProviderConfigStatus::default()), "{}", created.body);
    assert_eq!(created.body["status"]["inUse"], false);
}

/// A status with every field set, and in `observed` some of each engine.
fn full_status() -> RoomStatus {
    let time = "2030-01-31T09:00:00Z".parse::<k8s_openapi::jiff::Timestamp>().map(Into::into);
    let now: k8s_openapi::apimachinery::pkg::apis::meta::v1::Time = time.unwrap();
    let condition = |type_: &str, reason: &str| Condition {
        type_: type_.into(),
        status: ConditionStatus::False,
        observed_generation: Some(1),
        last_transition_time: now.clone(),
        reason: reason.into(),
        message: "set spec.tencentRoom.owner to an account that exists".into(),
    };
    RoomStatus {
        observed_generation: 1,
        conditions: vec![
            condition(READY, "OwnerNotFound"),
            condition(STALLED, "OwnerNotFound"),
            condition(DRIFTED, "InSync"),
        ],
        settled_generation: Some(3),
        external_id: Some("tencent/1400000000/weekly-sync".into()),
        observed: Some(Observed {
            owner: Some("alice".into()),
            max_members: Some(300),
            password_enabled: Some(true),
            category: Some(vec![1, 1]),
            create_time: Some(now.clone()),
            running: Some(false),
            meeting_number: Some("938305104".into()),
            room_state: Some("Normal".into()),
            allow_guest_first: Some(false),
            notify_owner: Some(true),
            host_password_set: Some(true),
            guest_password_set: Some(false),
            ..Observed::default()
        }),
        drift: vec![Drift { field: "name".into(), desired: "a".into(), observed: "b".into(), since: now.clone() }],
        unverified: vec!["password".into()],
        applied_secrets: vec![AppliedSecret {
            field: "password".into(),
            uid: "u".into(),
            resource_version: "7".into(),
        }],
        last_operation: Some(LastOperation {
            verb: "Update".into(),
            code: Some("0".into()),
            request_id: Some("r".into()),
            time: now.clone(),
        }),
        last_failure: Some(LastFailure {
            operation: "Update".into(),
            code: Some("100001".into()),
            message: "会".repeat(85),
            request_id: None,
            time: now,
        }),
        last_handled_reconcile_at: Some("token".into()),
        last_handled_dismiss_at: Some("token".into()),
    }
}

#[tokio::test]
async fn a_status_is_kept_and_its_defaults_come_back() {
    let (client, _) = installed().await;
    let places = namespace(&client).await;
    for (path, object) in [(places.rooms, room()), (places.meeting_rooms, meeting_room())] {
        create(&client, &path, &object, "").await;
        let path = format!("{path}/{}/status", object["metadata"]["name"].as_str().unwrap());
        the_status_is_kept(&client, &path, &object).await;
    }
}

async fn the_status_is_kept(client: &Client, path: &str, object: &Value) {
    let status = |status: Value| {
        let mut applied = object.clone();
        applied.as_object_mut().unwrap().remove("spec");
        applied["status"] = status;
        applied
    };
    let read = |answer: &Answer| serde_json::from_value::<RoomStatus>(answer.body["status"].clone()).unwrap();
    let applied = apply(client, path, &status(json!(full_status()))).await;
    assert_eq!((applied.status, applied.warnings.len()), (StatusCode::OK, 0), "{}", applied.body);
    assert_eq!(read(&applied), full_status());

    let mut free_text = full_status();
    free_text.conditions[0].reason = "Owner not found".into();
    let refused = apply(client, path, &status(json!(free_text))).await;
    assert!(refused.refuses("status.conditions[0].reason", "should match"), "{}", refused.body);

    let partial = apply(client, path, &status(json!({ "externalId": "tencent/1400000000/weekly-sync" }))).await;
    let status = read(&partial);
    assert_eq!((status.observed_generation, status.conditions), (-1, RoomStatus::default().conditions));
}
