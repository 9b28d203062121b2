//! One room, and objects that name it from several namespaces, through configs of their own.

use k8s_openapi::api::core::v1::ConfigMap;
use roomkeeper::api::RoomStatus;
use roomkeeper::api::annotations::CLAIM;
use roomkeeper_sim::{Effect, Fault, Times};
use serde_json::{Value, json};

use super::{claims, claims_nothing, merged, records};
use crate::cloud_meeting::MEETING_APP;
use crate::scenes::cloud_meeting::{CloudMeeting, add_room, number};
use crate::scenes::cloud_rtc::CloudRtc;
use crate::scenes::tencent::Room;
use crate::scenes::{Scene, create, looks, writes};
use crate::story::{DEADLINE, ROOM, Story, message, ready};
use crate::support::{wait_for, wait_until};

/// Sets the stage with the account opened in two namespaces, and returns both, the story's first.
async fn in_two_namespaces<S: Scene>(stage: &str) -> (Story, String, String) {
    let mut story = S::stage(stage).await;
    let (home, elsewhere) = (story.namespace.clone(), story.open_namespace("b").await);
    story.go_to(&elsewhere);
    S::open(&story).await;
    story.go_to(&home);
    (story, home, elsewhere)
}

/// Waits until it is decided who has [`ROOM`], and returns the namespaces of the winner and of the loser. For a moment
/// both may have lost: to one whose credential was accepted first, and to one that is older.
async fn decided(story: &mut Story, namespaces: [&str; 2]) -> (String, String) {
    let has_it = async |story: &mut Story, namespace: &str| {
        story.go_to(namespace);
        let object = story.object(ROOM).await?;
        let status: RoomStatus = serde_json::from_value(object.data["status"].clone()).expect("a status decodes");
        match ready(&status)?.reason.as_str() {
            "InSync" => Some(true),
            "DuplicateClaim" => Some(false),
            _ => None,
        }
    };
    let [a, b] = namespaces.map(str::to_owned);
    wait_for(DEADLINE, "one of two to have the room", async || {
        match (has_it(story, &a).await?, has_it(story, &b).await?) {
            (true, false) => Some((a.clone(), b.clone())),
            (false, true) => Some((b.clone(), a.clone())),
            (true, true) | (false, false) => None,
        }
    })
    .await
}

/// Checks that an object says who has its room, and that it has asked nobody at the vendor for that.
async fn loses_without_a_call<S: Scene>(story: &Story, name: &str, to: &str) {
    let before = looks::<S>(story);
    story.look_again(name).await;
    let status = story.until_reason(name, "DuplicateClaim").await;
    assert!(message(&status).contains(&format!("the room belongs to {to}; ")), "{}", message(&status));
    assert_eq!(looks::<S>(story), before, "{name} was looked at");
}

/// Two objects of one name, in two namespaces, of one room. Which of them has it stays so over a restart; when that one
/// goes, the other has the room, and ends it when it goes.
async fn check_two<S: Scene>(mut story: Story, namespaces: [&str; 2], more: &Value) {
    if !S::MAKES_ROOMS {
        S::stands(&story, ROOM);
    }
    for namespace in namespaces {
        story.go_to(namespace);
        create::<S>(&story, ROOM, ROOM, &merged(S::ends_with_its_object(), more)).await;
    }
    story.start_operator();
    let (winner, loser) = decided(&mut story, namespaces).await;
    let mut written = writes::<S>(&story, ROOM);
    story.kill_operator().await;

    story.start_operator();
    story.go_to(&winner);
    story.look_again(ROOM).await;
    story.until_reason(ROOM, "InSync").await;
    story.go_to(&loser);
    loses_without_a_call::<S>(&story, ROOM, &format!("{winner}/{ROOM}")).await;
    claims_nothing(&story, ROOM).await;

    story.go_to(&winner);
    story.delete_room(ROOM).await;
    story.until_gone(ROOM).await;
    let heir = format!("the room {} stays: {loser}/{ROOM} names the same room", S::external_id(ROOM));
    story.until_event(ROOM, "Released", &heir).await;
    story.go_to(&loser);
    story.until_reason(ROOM, "InSync").await;
    claims::<S>(&story, ROOM, ROOM).await;
    assert_eq!(writes::<S>(&story, ROOM), written, "the room has not felt any of it");

    story.delete_room(ROOM).await;
    story.until_gone(ROOM).await;
    written.push(S::END.to_owned());
    assert_eq!(writes::<S>(&story, ROOM), written);
}

async fn check_two_of_an_account<S: Scene>(stage: &str) {
    let (story, home, elsewhere) = in_two_namespaces::<S>(stage).await;
    check_two::<S>(story, [&home, &elsewhere], &json!({})).await;
}

#[tokio::test]
async fn of_two_rooms_in_two_namespaces_one_has_it_and_the_other_is_its_heir() {
    check_two_of_an_account::<Room>("two-rooms").await;
}

#[tokio::test]
async fn of_two_rooms_of_cloud_rtc_in_two_namespaces_one_has_it_and_the_other_is_its_heir() {
    check_two_of_an_account::<CloudRtc>("two-rtc").await;
}

#[tokio::test]
async fn of_two_meeting_rooms_in_two_namespaces_one_has_it_and_the_other_is_its_heir() {
    check_two_of_an_account::<CloudMeeting>("two-vmrs").await;
}

#[tokio::test]
async fn of_two_rooms_of_one_config_for_two_namespaces_one_has_it_and_the_other_is_its_heir() {
    // Every operator of a cluster looks at each ClusterProviderConfig, so this one has no neighbours.
    let mut story = Story::prepare_alone("two-shared").await;
    let (home, elsewhere) = (story.namespace.clone(), story.open_namespace("b").await);
    story.create_cluster_config("shared", &json!({ "allowedNamespaces": [home, elsewhere] })).await;
    let shared = json!({ "spec": { "providerConfigRef": { "kind": "ClusterProviderConfig", "name": "shared" } } });
    check_two::<Room>(story, [&home, &elsewhere], &shared).await;
}

#[tokio::test]
async fn a_meeting_room_that_is_named_by_number_in_another_namespace_is_the_same_room() {
    type S = CloudMeeting;
    let (mut story, home, elsewhere) = in_two_namespaces::<S>("two-names").await;
    story.start_operator();
    add_room(&story, MEETING_APP, ROOM, |_| {});
    create::<S>(&story, ROOM, ROOM, &S::ends_with_its_object()).await;
    story.until_reason(ROOM, "InSync").await;
    let by_number = json!({ "id": null, "meetingNumber": number(ROOM), "onDelete": "Recycle" });
    story.go_to(&elsewhere);
    create::<S>(&story, ROOM, ROOM, &json!({ "spec": { "huaweiMeeting": by_number } })).await;
    story.until_reason(ROOM, "DuplicateClaim").await;
    story.kill_operator().await;

    story.start_operator();
    story.look_again(ROOM).await;
    let status = story.until_reason(ROOM, "DuplicateClaim").await;
    assert!(message(&status).contains(&format!("the room belongs to {home}/{ROOM}; ")), "{}", message(&status));
    claims_nothing(&story, ROOM).await;
    story.go_to(&home);
    story.look_again(ROOM).await;
    story.until_reason(ROOM, "InSync").await;
    story.delete_room(ROOM).await;
    story.until_gone(ROOM).await;
    story.go_to(&elsewhere);
    story.until_reason(ROOM, "InSync").await;
    claims::<S>(&story, ROOM, ROOM).await;
    assert_eq!(writes::<S>(&story, ROOM), [""; 0], "a room that is wanted is not recycled");
}

/// Waits until what is created is younger than what is there: their times have whole seconds.
pub(super) async fn until_the_next_second(story: &Story) {
    let now = async || {
        let any = json!({ "metadata": { "generateName": "now-" } });
        crate::story::create(&story.api::<ConfigMap>(), &any).await.metadata.creation_timestamp
    };
    let before = now().await;
    wait_until(DEADLINE, "the next second", async || now().await > before).await;
}

/// Objects that were there first and name the account without its key: the config's Secret has another key, or is not
/// there, or a person has written the claim. What their configs allow would stop the account.
async fn check_squatters<S: Scene>(stage: &str) {
    let (mut story, home, elsewhere) = in_two_namespaces::<S>(stage).await;
    let rooms = [ROOM, "second", "third"];
    if !S::MAKES_ROOMS {
        rooms.iter().for_each(|room| S::stands(&story, room));
    }
    story.go_to(&elsewhere);
    story.create_secret("wrong", S::SECRET.1, "canary-wrong-key").await;
    let strict = json!({ "rateLimit": { "percent": 1 }, "dismissals": { "maxPerMinute": 1 } });
    for secret in ["wrong", "missing"] {
        story.create_config(secret, &merged(S::config(&story, secret), &strict)).await;
    }
    let forged = format!("{} {elsewhere}/forged", S::external_id(ROOM));
    let squatters = [
        ("wrong", "wrong", json!({})),
        ("missing", "missing", json!({})),
        ("forged", "wrong", json!({ CLAIM: forged })),
    ];
    for (name, config, annotations) in &squatters {
        let more = json!({
            "metadata": { "annotations": annotations },
            "spec": { "providerConfigRef": { "name": config } },
        });
        create::<S>(&story, name, ROOM, &merged(S::ends_with_its_object(), &more)).await;
    }
    until_the_next_second(&story).await;
    story.go_to(&home);
    for room in rooms {
        create::<S>(&story, room, room, &S::ends_with_its_object()).await;
    }

    // As long as no key was accepted, the eldest has the best word.
    let trials = Fault::at(S::TRIAL, Effect::HoldBefore).times(Times::UntilRemoved);
    let trials = story.sim.faults().add(trials).expect("the simulator knows the operation");
    story.start_operator();
    story.until_reason(ROOM, "DuplicateClaim").await;
    story.sim.faults().remove(trials).expect("it holds");
    for room in rooms {
        story.until_reason(room, "InSync").await;
        claims::<S>(&story, room, room).await;
    }
    for restarts in 0..2 {
        story.go_to(&home);
        for room in rooms {
            story.look_again(room).await;
            story.until_reason(room, "InSync").await;
        }
        story.go_to(&elsewhere);
        for (name, _, annotations) in &squatters {
            loses_without_a_call::<S>(&story, name, &format!("{home}/{ROOM}")).await;
            let records = records(&story, name).await;
            assert_eq!((records.finalizers, records.external_id), (vec![], None), "{name}");
            assert_eq!(records.claim.as_deref(), annotations[CLAIM].as_str(), "{name}");
        }
        if restarts == 0 {
            story.kill_operator().await;
            story.start_operator();
        }
    }

    story.go_to(&home);
    story.until_config(S::CONFIG, "CredentialsAccepted").await;
    for room in rooms {
        story.delete_room(room).await;
    }
    for room in rooms {
        story.until_gone(room).await;
        assert_eq!(writes::<S>(&story, room).last().map(String::as_str), Some(S::END), "nobody is the heir of {room}");
    }
    // Alone with the room, they have no more of it.
    let written = writes::<S>(&story, ROOM);
    story.go_to(&elsewhere);
    for (name, ..) in &squatters {
        story.look_again(name).await;
        assert_eq!(records(&story, name).await.finalizers, [""; 0], "{name}");
        story.delete_room(name).await;
        story.until_gone(name).await;
    }
    assert_eq!(writes::<S>(&story, ROOM), written);
}

#[tokio::test]
async fn who_has_no_key_to_the_account_has_no_room_of_tencents() {
    check_squatters::<Room>("squatted-room").await;
}

#[tokio::test]
async fn who_has_no_key_to_the_account_has_no_room_of_cloud_rtcs() {
    check_squatters::<CloudRtc>("squatted-rtc").await;
}

#[tokio::test]
async fn who_has_no_key_to_the_account_has_no_meeting_room() {
    check_squatters::<CloudMeeting>("squatted-vmr").await;
}
