//! Which Secrets a config can name.

use k8s_openapi::api::core::v1::{Namespace, Secret};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::Api;
use kube::api::{Patch, PatchParams};
use roomkeeper::api::ProviderConfig;
use serde_json::json;

use crate::story::{DEADLINE, KEY, Story, create, message};
use crate::support::wait_until;

/// Names that would lead out of the namespace, if they were put into a path as they are.
const TRICKS: [&str; 7] = [
    "../../treasury/secrets/vault",
    "..%2F..%2Ftreasury%2Fsecrets%2Fvault",
    "treasury/vault",
    "vault?namespace=treasury",
    "vault#",
    "..",
    "Vault",
];

#[tokio::test]
async fn a_config_reaches_no_secret_of_another_namespace_whatever_name_it_writes() {
    // The schema refuses such names; here it is gone, as after an edit of the CRD by hand.
    let mut story = Story::prepare_alone("tricks").await;
    let treasury = format!("{}-treasury", story.namespace);
    create::<Namespace>(&Api::all(story.client.clone()), &json!({ "metadata": { "name": treasury } })).await;
    let vault = json!({ "metadata": { "name": "vault" }, "stringData": { "secretKey": KEY } });
    create::<Secret>(&Api::namespaced(story.client.clone(), &treasury), &vault).await;
    take_the_patterns_away(&story).await;

    let names: Vec<String> = (0..TRICKS.len()).map(|number| format!("trick-{number}")).collect();
    for (name, trick) in names.iter().zip(TRICKS) {
        let trick = trick.replace("treasury", &treasury);
        story.create_config(name, &json!({ "tencent": { "secretKeyRef": { "name": trick } } })).await;
        let config = json!({ "providerConfigRef": { "name": name } });
        story.create_room(&json!({ "metadata": { "name": name }, "spec": config })).await;
    }
    story.start_operator();
    for name in &names {
        let status = story.until_reason(name, "ProviderConfigNotReady").await;
        assert!(message(&status).contains("does not exist"), "{name}: {}", message(&status));
        story.until_config(name, "ProviderConfigNotReady").await;
    }
    // The story's own config alone was tried.
    story.until_config("tencent", "CredentialsAccepted").await;
    let calls: Vec<String> = story.sim.journal().into_iter().map(|entry| entry.operation).collect();
    assert_eq!(calls, ["accounts/account_check"]);
    let audit = story.plane.audit().expect("this control plane keeps an audit log");
    let read = audit.iter().filter(|event| event.resource == "secrets" && event.verb == "get");
    let read: Vec<_> =
        read.filter(|event| event.user_agent.contains("roomkeeper") || event.namespace == treasury).collect();
    assert!(read.iter().all(|event| event.namespace == story.namespace && event.name == "tencent"), "{read:?}");
    story.assert_no_secret_was_told().await;
}

/// Makes the API server take any text as the name of a Secret.
async fn take_the_patterns_away(story: &Story) {
    let name = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/tencent/properties/secretKeyRef\
                /properties/name/pattern";
    let patch =
        Patch::Json::<()>(serde_json::from_value(json!([{ "op": "remove", "path": name }])).expect("a JSON patch"));
    let definitions = Api::<CustomResourceDefinition>::all(story.client.clone());
    definitions.patch("providerconfigs.roomkeeper.dev", &PatchParams::default(), &patch).await.expect("it is taken");
    let probe = json!([{ "op": "replace", "path": "/spec/tencent/secretKeyRef/name", "value": "a/b" }]);
    let probe = Patch::Json::<()>(serde_json::from_value(probe).expect("a JSON patch"));
    let dry_run = PatchParams { dry_run: true, ..PatchParams::default() };
    let configs = story.api::<ProviderConfig>();
    let taken = async || configs.patch("tencent", &dry_run, &probe).await.is_ok();
    wait_until(DEADLINE, "the pattern to be gone", taken).await;
}
