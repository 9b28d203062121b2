//! Accounts that cannot be opened: wrong keys, missing Secrets, missing configs.

use k8s_openapi::api::core::v1::Secret;
use kube::api::{DeleteParams, Patch, PatchParams};
use roomkeeper::api::ProviderConfig;
use roomkeeper_sim::{Effect, Fault, Refusal, Times};
use serde_json::{Value, json};

use super::{another_room_is_served, fails_alike_again, of_the_other_account};
use crate::story::{APP, KEY, ROOM, Story, message};

/// Returns the operations that were called in the story's app, in order.
fn calls(story: &Story) -> Vec<String> {
    let app = APP.to_string();
    let calls = story.sim.journal().into_iter().filter(|entry| entry.account.as_ref() == Some(&app));
    calls.map(|entry| entry.operation).collect()
}

#[tokio::test]
async fn a_wrong_key_is_tried_once_for_twenty_rooms_and_heals_with_its_secret() {
    let mut story = Story::prepare("key").await.with_full_log();
    story.rotate("tencent", "secretKey", "canary-wrong-key").await;
    story.open_other_account("other").await;
    story.start_operator();
    let rooms: Vec<String> = (1..=20).map(|number| format!("room-{number}")).collect();
    for room in &rooms {
        story.create_room(&json!({ "metadata": { "name": room } })).await;
    }
    for room in &rooms {
        let status = story.until_reason(room, "CredentialsRejected").await;
        for words in ["check the key, the identifier and the region or endpoint", "code 700"] {
            assert!(message(&status).contains(words), "{}", message(&status));
        }
    }
    let told = story.until_config("tencent", "CredentialsRejected").await;
    assert!(told.contains("check the key"), "{told}");
    let status = story.until_reason(ROOM_ONE, "CredentialsRejected").await;
    fails_alike_again(&story, ROOM_ONE, &status).await;
    another_room_is_served(&story, &of_the_other_account("bystander")).await;
    // A vendor locks out who guesses: one try for all rooms and the config together.
    assert_eq!(calls(&story), ["accounts/account_check"]);

    story.rotate("tencent", "secretKey", KEY).await;
    for room in &rooms {
        story.until_reason(room, "InSync").await;
        assert_eq!(story.deeds(room), ["create_room"]);
    }
    story.until_config("tencent", "CredentialsAccepted").await;
    story.assert_no_secret_was_told().await;
}

/// The first of the twenty rooms.
const ROOM_ONE: &str = "room-1";

#[tokio::test]
async fn the_vendors_words_about_a_wrong_key_are_not_in_the_message() {
    let mut story = Story::prepare("words").await;
    let refuse = |info: &str| Effect::Refuse(Refusal::of(70003).saying(info));
    let mut told = Vec::new();
    for (key, words) in [("canary-one", "refused at 12:00, trace 4711"), ("canary-two", "refused at 12:05, trace 4712")]
    {
        story.rotate("tencent", "secretKey", key).await;
        story.fault("accounts/account_check", refuse(words));
        if story.operator.is_none() {
            story.create_room(&json!({})).await;
            story.start_operator();
        }
        let tries = told.len() + 1;
        story
            .until_journal("the trial of the key", |entries| {
                entries.iter().filter(|entry| entry.calls("accounts/account_check") && entry.code.is_some()).count()
                    == tries
            })
            .await;
        story.look_again(ROOM).await;
        told.push(message(&story.until_reason(ROOM, "CredentialsRejected").await).to_owned());
    }
    assert_eq!(told[0], told[1], "the same cause, told in other words");
    assert!(!told[0].contains("trace"), "{}", told[0]);
}

#[tokio::test]
async fn what_a_room_or_its_account_lacks_is_named_and_waited_for() {
    let story = Story::begin("lacking").await;
    let namespace = &story.namespace;
    let password = |name: &str, key: &str| json!({ "tencentRoom": { "password": { "secretKeyRef": { "name": name, "key": key } } } });
    let config = |name: &str| json!({ "providerConfigRef": { "name": name } });
    let secret = |name: &str, key: &str| json!({ "tencent": { "secretKeyRef": { "name": name, "key": key } } });
    story.create_config("no-secret", &secret("absent", "secretKey")).await;
    story.create_config("no-key", &secret("tencent", "other")).await;
    story.create_config("elsewhere", &json!({ "tencent": { "endpoint": "http://127.0.0.1:9" } })).await;
    let rows: [(&str, Value, Vec<String>); 6] = [
        ("no-config", config("late"), vec![format!("ProviderConfig {namespace}/late"), "create it".into()]),
        ("no-secret", config("no-secret"), vec![format!("Secret {namespace}/absent"), "create it".into()]),
        ("no-key", config("no-key"), vec![format!("Secret {namespace}/tencent has no key other"), "add it".into()]),
        (
            "elsewhere",
            config("elsewhere"),
            vec!["spec.tencent.endpoint".into(), "--allowed-endpoint-hosts=127.0.0.1:9".into()],
        ),
        ("no-password", password("door", "code"), vec![format!("Secret {namespace}/door"), "create it".into()]),
        ("no-password-key", password("tencent", "code"), vec![format!("Secret {namespace}/tencent has no key code")]),
    ];
    for (name, spec, _) in &rows {
        story.create_room(&json!({ "metadata": { "name": name }, "spec": spec })).await;
    }
    for (name, _, wanted) in &rows {
        let status = story.until_reason(name, "ProviderConfigNotReady").await;
        for words in wanted {
            assert!(message(&status).contains(words), "{name}: {words:?} is not in {:?}", message(&status));
        }
        fails_alike_again(&story, name, &status).await;
        assert!(story.calls_about(name).is_empty(), "{name}: called in vain");
    }
    for (name, words) in [("no-secret", "absent"), ("no-key", "no key other"), ("elsewhere", "spec.tencent.endpoint")] {
        let told = story.until_config(name, "ProviderConfigNotReady").await;
        assert!(told.contains(words), "{name}: {told}");
    }
    another_room_is_served(&story, &json!({})).await;

    story.create_config("late", &json!({})).await;
    story.create_secret("absent", "secretKey", KEY).await;
    story.rotate("tencent", "other", KEY).await;
    story.create_secret("door", "code", "canary-314159").await;
    story.rotate("tencent", "code", "canary-271828").await;
    let endpoint = Patch::Merge(json!({ "spec": { "tencent": { "endpoint": story.sim.url() } } }));
    let configs = story.api::<ProviderConfig>();
    configs.patch("elsewhere", &PatchParams::default(), &endpoint).await.expect("the config is there");
    for (name, _, _) in &rows {
        story.until_reason(name, "InSync").await;
        assert_eq!(story.deeds(name), ["create_room"]);
    }
    for name in ["late", "no-secret", "no-key", "elsewhere"] {
        story.until_config(name, "CredentialsAccepted").await;
    }
    story.assert_no_secret_was_told().await;
}

#[tokio::test]
async fn a_secret_that_is_deleted_stops_its_account_alone_and_heals_when_it_is_back() {
    let story = Story::begin("deleted-secret").await;
    story.open_other_account("other").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;

    story.api::<Secret>().delete("tencent", &DeleteParams::default()).await.expect("the Secret is there");
    let status = story.until_reason(ROOM, "ProviderConfigNotReady").await;
    let secret = format!("the Secret {}/tencent does not exist", story.namespace);
    assert!(message(&status).contains(&secret), "{}", message(&status));
    assert!(story.until_config("tencent", "ProviderConfigNotReady").await.contains(&secret));
    let before = calls(&story).len();
    fails_alike_again(&story, ROOM, &status).await;
    another_room_is_served(&story, &of_the_other_account("bystander")).await;
    assert_eq!(calls(&story).len(), before, "called without a key");

    story.create_secret("tencent", "secretKey", KEY).await;
    story.until_reason(ROOM, "InSync").await;
    story.until_config("tencent", "CredentialsAccepted").await;
    assert_eq!(story.deeds(ROOM), ["create_room"]);
}

#[tokio::test]
async fn a_cluster_wide_account_serves_only_the_namespaces_that_it_lists() {
    // Every operator of a cluster looks at each ClusterProviderConfig, so this one has no neighbours.
    let mut story = Story::prepare_alone("cluster-wide").await;
    story.create_secret("shared", "secretKey", KEY).await;
    let elsewhere =
        json!({ "allowedNamespaces": ["somewhere-else"], "tencent": { "secretKeyRef": { "name": "shared" } } });
    let configs = story.create_cluster_config("shared", &elsewhere).await;
    story.start_operator();
    let shared = json!({ "kind": "ClusterProviderConfig", "name": "shared" });
    story.create_room(&json!({ "spec": { "providerConfigRef": shared } })).await;
    let status = story.until_reason(ROOM, "ProviderConfigNotReady").await;
    let words = format!(
        "the ClusterProviderConfig shared does not list the namespace {} in spec.allowedNamespaces",
        story.namespace
    );
    assert!(message(&status).contains(&words), "{}", message(&status));
    fails_alike_again(&story, ROOM, &status).await;
    assert!(story.calls_about(ROOM).is_empty(), "called without permission");
    another_room_is_served(&story, &json!({ "metadata": { "name": "bystander" } })).await;

    let allow = Patch::Merge(json!({ "spec": { "allowedNamespaces": [story.namespace] } }));
    configs.patch("shared", &PatchParams::default(), &allow).await.expect("the config is there");
    story.until_reason(ROOM, "InSync").await;
    assert_eq!(story.deeds(ROOM), ["create_room"]);
}

#[tokio::test]
async fn a_vendor_that_does_not_answer_has_accepted_no_credential() {
    let mut story = Story::prepare("unanswered").await;
    let down = Fault::anywhere(Effect::Status { code: 502 }).times(Times::UntilRemoved);
    story.sim.faults().add(down).expect("a known status");
    story.start_operator();
    story.create_room(&json!({})).await;
    let told = story.until_config("tencent", "ProviderUnavailable").await;
    assert!(told.contains("did not answer"), "{told}");
    story.until_reason(ROOM, "ProviderUnavailable").await;

    story.sim.faults().clear();
    story.until_reason(ROOM, "InSync").await;
    story.until_config("tencent", "CredentialsAccepted").await;
}
