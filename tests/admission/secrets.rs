//! The Secrets that open the accounts of configs in use.

use http::Method;
use serde_json::{Value, json};

use crate::stage::{HOME, Stage, example};

/// A vendor's field in a config, its spec, and the Secrets that it names, each with the key.
type Account = (&'static str, Value, Vec<(&'static str, &'static str)>);

/// An account of each kind with all references to Secrets: what is patched into the example, and what it needs.
fn accounts() -> Vec<Account> {
    let key = |name: &str, key: &str| json!({ "name": name, "key": key });
    let at = |vendor: Value| json!({ "spec": { "tencent": null, "huaweiRtc": vendor } });
    vec![
        (
            "tencent",
            json!({ "spec": {
                "tencent": { "secretKeyRef": key("tencent", "k") }, "caBundleRef": key("ca", "ca.crt"),
            } }),
            vec![("tencent", "k"), ("ca", "ca.crt")],
        ),
        (
            "meeting",
            json!({ "spec": {
                "tencent": null,
                "huaweiMeeting": { "region": "cn-north-4", "appId": "a", "appKeyRef": key("meeting", "appKey") },
            } }),
            vec![("meeting", "appKey")],
        ),
        (
            "rtc-by-key",
            at(json!({ "region": "cn-north-4", "projectId": "p", "accessKey": {
                "idRef": key("id", "ak"), "secretRef": key("secret", "sk"), "securityTokenRef": key("token", "t"),
            } })),
            vec![("id", "ak"), ("secret", "sk"), ("token", "t")],
        ),
        (
            "rtc-by-password",
            at(json!({ "region": "cn-north-4", "projectId": "p", "password": {
                "domain": "d", "user": "u", "passwordRef": key("password", "p"),
            } })),
            vec![("password", "p")],
        ),
    ]
}

/// A Secret with this key and one that nobody needs.
fn holding(key: &str) -> Value {
    json!({ "stringData": { key: "value", "other": "value" } })
}

fn without(key: &str) -> Value {
    json!({ "data": { key: null } })
}

/// Checks that a Secret is kept with its key for a config, and that all else can be done to it.
async fn is_kept(stage: &Stage, secret: &str, key: &str, named: &str, by: &str) -> String {
    let whole = format!("the {named} is needed by the {by}, which is in use");
    let refusal = stage.until_kept(secret, &[&whole, "put another value in its place"]).await;
    let part = format!("the key {key} of the {named} is needed by the {by}, which is in use");
    stage.keeps_from(secret, &without(key), &[&part]).await;
    stage.keeps_from(secret, &json!({ "data": null }), &[&part]).await;
    stage.lets(secret, &without("other")).await;
    stage.lets(secret, &json!({ "stringData": { key: "another value", "more": "value" } })).await;
    stage.lets(secret, &json!({ "metadata": { "labels": { "edited": "true" } } })).await;
    refusal
}

#[tokio::test]
async fn each_secret_that_a_config_in_use_names_is_kept_with_its_key() {
    let stage = Stage::begin("secrets").await;
    let elsewhere = Stage::begin("secrets-elsewhere").await;
    for (name, account, needs) in accounts() {
        let mut account = example("tencent-room/provider-config", &account);
        account["metadata"]["name"] = json!(name);
        let config = stage.create(&stage.ours("providerconfigs"), &account).await;
        for (secret, key) in &needs {
            stage.named(&stage.core("secrets"), secret, &holding(key)).await;
            elsewhere.named(&elsewhere.core("secrets"), secret, &holding(key)).await;
        }
        for (secret, _) in &needs {
            stage.lets_go(&format!("{}/{secret}", stage.core("secrets"))).await;
        }
        stage.set_in_use(&config, true).await;
        for (secret, key) in needs {
            let path = format!("{}/{secret}", stage.core("secrets"));
            let named = format!("Secret {}/{secret}", stage.namespace);
            is_kept(&stage, &path, key, &named, &format!("ProviderConfig {name}")).await;
            // Another namespace's Secret of the same name is nobody's.
            let other = format!("{}/{secret}", elsewhere.core("secrets"));
            elsewhere.lets_go(&other).await;
            elsewhere.lets(&other, &without(key)).await;
        }
    }
    let bystander = stage.named(&stage.core("secrets"), "bystander", &holding("k")).await;
    stage.lets_go(&bystander).await;
    stage.lets(&bystander, &without("k")).await;
}

#[tokio::test]
async fn a_secret_can_go_when_its_config_is_not_in_use_or_does_not_name_it_any_more_or_somebody_means_it() {
    let stage = Stage::begin("secret-released").await;
    let config =
        stage.create(&stage.ours("providerconfigs"), &example("tencent-room/provider-config", &json!({}))).await;
    let secret = stage.named(&stage.core("secrets"), "tencent", &holding("secretKey")).await;
    stage.set_in_use(&config, true).await;
    let named = format!("Secret {}/tencent", stage.namespace);
    let refusal = is_kept(&stage, &secret, "secretKey", &named, "ProviderConfig tencent").await;
    let answer = stage.send(Method::DELETE, &stage.core("secrets"), &Value::Null).await;
    assert!(answer.refuses(&[&named]), "all Secrets at once: {answer:?}");

    stage.set_in_use(&config, false).await;
    stage.until_let_go(&secret).await;
    stage.set_in_use(&config, true).await;
    stage.until_kept(&secret, &[&named]).await;
    let reference = |name: &str| json!({ "spec": { "tencent": { "secretKeyRef": { "name": name } } } });
    stage.patch(&config, &reference("renewed")).await;
    stage.until_let_go(&secret).await;
    stage.patch(&config, &reference("tencent")).await;
    stage.until_kept(&secret, &[&named]).await;

    stage.follow(&refusal, "kubectl -n", &[]);
    stage.lets(&secret, &without("secretKey")).await;
    stage.lets_go(&secret).await;
}

#[tokio::test]
async fn a_shared_account_keeps_its_secret_in_the_operators_namespace_only() {
    let stage = Stage::begin("shared").await;
    let name = &stage.namespace;
    let account = json!({
        "metadata": { "name": name }, "spec": { "tencent": { "secretKeyRef": { "name": name, "key": "k" } } },
    });
    let account = example("cluster-provider-config/cluster-provider-config", &account);
    let config = stage.create("/apis/roomkeeper.dev/v1alpha1/clusterproviderconfigs", &account).await;
    let home = stage.named(&format!("/api/v1/namespaces/{HOME}/secrets"), name, &holding("k")).await;
    let here = stage.named(&stage.core("secrets"), name, &holding("k")).await;
    stage.lets_go(&home).await;
    stage.set_in_use(&config, true).await;
    let by = format!("ClusterProviderConfig {name}");
    let refusal = is_kept(&stage, &home, "k", &format!("Secret {HOME}/{name}"), &by).await;
    stage.lets_go(&here).await;
    stage.lets(&here, &without("k")).await;

    stage.set_in_use(&config, false).await;
    stage.until_let_go(&home).await;
    stage.set_in_use(&config, true).await;
    stage.until_kept(&home, &[&by]).await;
    stage.follow(&refusal, "kubectl -n", &[]);
    stage.lets_go(&home).await;
}
