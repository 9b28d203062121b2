//! The objects of both kinds of config. They have a control plane of their own: a ClusterProviderConfig is everybody's.

use kube::api::{Api, ApiResource, DynamicObject, Patch, PatchParams, PostParams};
use roomkeeper::api::{ClusterProviderConfig, ProviderConfig};
use roomkeeper_sim::{App, Effect, Fault, Times};
use serde_json::{Value, json};

use super::golden::Golden;
use crate::story::{APP, DEADLINE, KEY, OTHER_APP, Story};
use crate::support::{golden::file_name, wait_until};

/// Whether the vendor takes a credential.
const TRIAL: &str = "accounts/account_check";
/// Apps whose credentials are tried while the vendor does not answer, one for each kind: a trial serves both.
const SILENT_APPS: [u64; 2] = [1_400_000_002, 1_400_000_003];
/// Apps whose configs are edited.
const EDITED_APPS: [u64; 2] = [1_400_000_004, 1_400_000_005];

/// One kind of config in a story.
#[derive(Clone, Copy)]
struct Configs<'a> {
    story: &'a Story,
    golden: Golden<'a>,
    kind: &'static str,
}

impl<'a> Configs<'a> {
    fn of_a_namespace(story: &'a Story) -> Self {
        Configs { story, golden: Golden { story, folder: "provider-config" }, kind: "ProviderConfig" }
    }

    fn of_the_cluster(story: &'a Story) -> Self {
        Configs { story, golden: Golden { story, folder: "cluster-provider-config" }, kind: "ClusterProviderConfig" }
    }

    fn api(self) -> Api<DynamicObject> {
        let (client, namespace) = (self.story.client.clone(), &self.story.namespace);
        match self.kind {
            "ProviderConfig" => Api::namespaced_with(client, namespace, &ApiResource::erase::<ProviderConfig>(&())),
            _ => Api::all_with(client, &ApiResource::erase::<ClusterProviderConfig>(&())),
        }
    }

    async fn create(self, name: &str, app: u64, secret: &str) {
        let mut config = json!({
            "apiVersion": "roomkeeper.dev/v1alpha1",
            "kind": self.kind,
            "metadata": { "name": name },
            "spec": { "tencent": {
                "sdkAppId": app,
                "endpoint": self.story.sim.url(),
                "identifier": "administrator",
                "secretKeyRef": { "name": secret, "key": "secretKey" },
            }},
        });
        if self.kind == "ClusterProviderConfig" {
            config["spec"]["allowedNamespaces"] = json!([self.story.namespace]);
        }
        let config: DynamicObject = serde_json::from_value(config).expect("an object");
        self.api().create(&PostParams::default(), &config).await.expect("the API server takes it");
    }

    async fn reaches(self, reason: &str) {
        let name = file_name(reason);
        self.until(&name, reason).await;
        self.keeps(&name).await;
    }

    async fn until(self, name: &str, reason: &str) {
        wait_until(DEADLINE, reason, async || {
            let config = self.api().get(name).await.expect("the config is there");
            config.data["status"]["conditions"][0]["reason"] == reason
        })
        .await;
    }

    async fn keeps(self, name: &str) {
        let read = async || Some(self.api().get(name).await.expect("the config is there"));
        self.golden.compare(name, read).await;
    }

    /// An edit that nobody has looked at: the conditions are those of the generation before.
    async fn keeps_an_edited_one(self, app: u64) {
        self.create("edited", app, "tencent").await;
        self.until("edited", "CredentialsAccepted").await;
        let held = Fault::at(TRIAL, Effect::HoldBefore).times(Times::UntilRemoved);
        let held = self.story.sim.faults().add(held).expect("the simulator knows the operation");
        // The other Secret has another key, so the credential is tried anew.
        let edit: Value = json!({ "spec": { "tencent": { "secretKeyRef": { "name": "wrong" } } } });
        self.api().patch("edited", &PatchParams::default(), &Patch::Merge(edit)).await.expect("it is there");
        self.story.until_held(held).await;
        self.keeps("edited").await;
        self.story.sim.faults().remove(held).expect("it holds");
    }
}

#[tokio::test]
async fn configs_of_both_kinds() {
    let mut story = Story::prepare_alone("configs").await;
    story.create_secret("wrong", "secretKey", "canary-wrong-key").await;
    for app in [SILENT_APPS, EDITED_APPS].concat().into_iter().chain([OTHER_APP]) {
        story.sim.world(|world| world.tencent.insert(app, App::new(KEY, "administrator")));
    }
    for configs in [Configs::of_a_namespace(&story), Configs::of_the_cluster(&story)] {
        configs.create("pending", APP, "tencent").await;
        configs.keeps("pending").await;
    }
    story.start_operator();
    let kinds = [Configs::of_a_namespace(&story), Configs::of_the_cluster(&story)];
    for ((configs, silent_app), edited_app) in kinds.into_iter().zip(SILENT_APPS).zip(EDITED_APPS) {
        configs.create("credentials-accepted", APP, "tencent").await;
        configs.reaches("CredentialsAccepted").await;
        configs.create("credentials-rejected", OTHER_APP, "wrong").await;
        configs.reaches("CredentialsRejected").await;
        configs.create("provider-config-not-ready", OTHER_APP, "missing").await;
        configs.reaches("ProviderConfigNotReady").await;
        configs.keeps_an_edited_one(edited_app).await;
        let silent = Fault::at(TRIAL, Effect::Status { code: 502 }).times(Times::UntilRemoved);
        let silent = story.sim.faults().add(silent).expect("the simulator knows the operation");
        configs.create("provider-unavailable", silent_app, "tencent").await;
        configs.reaches("ProviderUnavailable").await;
        story.sim.faults().remove(silent).expect("it stands");
    }
}
