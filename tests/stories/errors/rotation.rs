//! A credential that is replaced: the next call is made with the new one, and none with the old one any more.

use kube::api::{Patch, PatchParams};
use roomkeeper::api::ProviderConfig;
use roomkeeper_sim::{App, Entry, SecretText, VendorCode};
use serde_json::{Value, json};

use crate::story::{APP, KEY, OTHER_APP, Story};

const LOOK: &str = "room_engine/get_room_info";
const TRIAL: &str = "accounts/account_check";
/// Rooms of each account.
const ROOMS: [&str; 3] = ["one", "two", "three"];

/// Has the vendor take this key of an app, and no other.
fn vendor_takes(story: &Story, app: u64, key: &str) {
    story.sim.world(|world| world.app_mut(app).expect("the story's app").secret_key = Some(SecretText::from(key)));
}

/// Waits until each room of an app was looked at since the journal had so many entries, and returns the calls of the app
/// since then. Nobody looks while nothing changes.
async fn calls_until_looks(story: &Story, app: u64, since: usize) -> Vec<Entry> {
    let of_app = |entries: &[Entry]| -> Vec<Entry> {
        let since = entries.iter().skip(since);
        since.filter(|entry| entry.account.as_deref() == Some(app.to_string().as_str())).cloned().collect()
    };
    let is_answered = |entry: &&Entry| entry.calls(LOOK) && entry.code.is_some();
    let all_looked = |entries: &[Entry]| of_app(entries).iter().filter(is_answered).count() >= ROOMS.len();
    story.until_journal("a look at each room", all_looked).await;
    of_app(&story.sim.journal())
}

/// Checks that the new credential was tried once, before anything else, and that no call was made with another.
fn only_the_new_one_was_used(calls: &[Entry], identifier: &str) {
    let made: Vec<&str> = calls.iter().map(|call| call.operation.as_str()).collect();
    assert_eq!(made, [TRIAL, LOOK, LOOK, LOOK]);
    for call in calls {
        assert_eq!(
            (&call.code, call.identifier.as_deref()),
            (&Some(VendorCode::Number(0)), Some(identifier)),
            "{call:?}"
        );
    }
}

#[tokio::test]
async fn the_next_call_after_a_rotation_is_made_with_the_new_credential_and_none_with_the_old_one() {
    // Every operator of a cluster looks at each ClusterProviderConfig, so this one has no neighbours.
    let mut story = Story::prepare_alone("rotation").await;
    story.sim.world(|world| world.tencent.insert(OTHER_APP, App::new(KEY, "administrator").with_accounts(["alice"])));
    story.create_secret("shared", "secretKey", KEY).await;
    let other = json!({ "tencent": { "sdkAppId": OTHER_APP, "secretKeyRef": { "name": "shared" } } });
    story.create_cluster_config("shared", &other).await;
    story.start_operator();
    let shared = |name: &str| format!("shared-{name}");
    for name in ROOMS {
        story.create_room(&json!({ "metadata": { "name": name } })).await;
        let config = json!({ "kind": "ClusterProviderConfig", "name": "shared" });
        let of_all = json!({ "metadata": { "name": shared(name) }, "spec": { "providerConfigRef": config } });
        story.create_room(&of_all).await;
    }
    for name in ROOMS {
        story.until_reason(name, "InSync").await;
        story.until_reason(&shared(name), "InSync").await;
    }
    story.until_config("tencent", "CredentialsAccepted").await;

    for (app, secret, key) in [(APP, "tencent", "canary-key-two"), (OTHER_APP, "shared", "canary-key-three")] {
        let since = story.sim.journal().len();
        vendor_takes(&story, app, key);
        story.rotate(secret, "secretKey", key).await;
        only_the_new_one_was_used(&calls_until_looks(&story, app, since).await, "administrator");
    }

    story.create_secret("other", "secretKey", "canary-key-four").await;
    vendor_takes(&story, APP, "canary-key-four");
    edit(&story, &json!({ "secretKeyRef": { "name": "other" } }), "administrator").await;
    story.sim.world(|world| {
        world.app_mut(APP).expect("the story's app").administrators.insert("deputy".to_owned());
    });
    edit(&story, &json!({ "identifier": "deputy" }), "deputy").await;
    for name in ROOMS {
        story.until_reason(name, "InSync").await;
        assert_eq!(story.deeds(name), ["create_room"]);
    }
    story.until_config("tencent", "CredentialsAccepted").await;
    story.assert_no_secret_was_told().await;
}

/// Edits the account of the config, after which calls are made as this identifier.
async fn edit(story: &Story, tencent: &Value, identifier: &str) {
    let since = story.sim.journal().len();
    let patch = Patch::Merge(json!({ "spec": { "tencent": tencent } }));
    let configs = story.api::<ProviderConfig>();
    configs.patch("tencent", &PatchParams::default(), &patch).await.expect("the config is there");
    only_the_new_one_was_used(&calls_until_looks(story, APP, since).await, identifier);
}
