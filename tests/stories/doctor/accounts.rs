//! What is broken about an account, and how much its objects ask of it.

use std::time::Duration;

use k8s_openapi::api::core::v1::Secret;
use kube::api::DeleteParams;
use roomkeeper::api::ProviderConfig;
use roomkeeper_sim::{App, Simulator, Tls, World};
use serde_json::{Value, json};

use super::stage::{doctor, flags, furnish_rights};
use crate::story::{APP, KEY, Story};

/// Runs doctor with leave to call these hosts, and checks its exit code and that it prints each of these texts.
async fn finds(story: &Story, hosts: &str, code: i32, texts: &[&str]) {
    let flags = [flags(story), ["--allowed-endpoint-hosts", hosts].map(str::to_owned).to_vec()].concat();
    let (_, said) = doctor(story, &flags).await;
    for text in texts {
        assert!(said.contains(text), "not found: {text}\nin: {said}");
    }
    // Without an operator the Lease fails, and nothing else does if the account is well.
    let failed = said.matches("\n  failed ").count() - said.matches("\n  failed     Lease").count();
    assert_eq!(i32::from(failed > 0), code, "{said}");
    assert!(!said.contains("canary"), "a secret is printed: {said}");
}

async fn replace_config(story: &Story, more: &Value) {
    story.api::<ProviderConfig>().delete("tencent", &DeleteParams::default()).await.expect("the config is there");
    story.create_config("tencent", more).await;
}

#[tokio::test]
async fn what_is_broken_about_an_account_is_named_with_what_to_do() {
    let story = Story::prepare("doctor-accounts").await;
    let ours = story.sim.url().replace("http://", "");
    let config = format!("ProviderConfig {}/tencent", story.namespace);
    let says = |outcome: &str, what: &str, words: &str| format!("{outcome:9}  {config}, {what}: {words}");
    furnish_rights(&story).await;

    finds(&story, &ours, 0, &[&says("ok", "credential", "the vendor accepts it")]).await;
    finds(&story, "nobody.example", 0, &[&says("not known", "spec", "the ProviderConfig"), "next: give doctor the"])
        .await;

    story.sim.clock().advance(Duration::from_secs(600));
    let behind = says("warning", "clock", "this machine's clock is 10 minutes behind the vendor's");
    finds(&story, &ours, 0, &[&behind, "next: have this machine, and the operator's, follow a time server"]).await;
    story.sim.clock().advance(Duration::from_secs(1200));
    finds(&story, &ours, 1, &[&says("failed", "clock", "this machine's clock is 30 minutes behind the vendor's")])
        .await;
    story.sim.clock().run();

    story.rotate("tencent", "secretKey", "canary-of-another-account-0000000000").await;
    let rejected = says("failed", "credential", "`account_check` failed: the credentials were rejected");
    finds(&story, &ours, 1, &[&rejected, "next: put the right key into the Secret", &says("ok", "clock", "")]).await;
    story.rotate("tencent", "secretKey", KEY).await;

    let missing = format!("the Secret {}/tencent has no key other", story.namespace);
    replace_config(&story, &json!({ "tencent": { "secretKeyRef": { "key": "other" } } })).await;
    finds(&story, &ours, 1, &[&says("failed", "Secrets", &missing)]).await;
    replace_config(&story, &json!({})).await;
    story.api::<Secret>().delete("tencent", &DeleteParams::default()).await.expect("the Secret is there");
    let missing = format!("the Secret {}/tencent does not exist", story.namespace);
    finds(&story, &ours, 1, &[&says("failed", "Secrets", &missing)]).await;
    story.create_secret("tencent", "secretKey", KEY).await;

    replace_config(&story, &json!({ "tencent": { "endpoint": "https://rooms.invalid" } })).await;
    let name = says("failed", "name", "the name rooms.invalid was not resolved: ");
    finds(&story, "rooms.invalid", 1, &[&name, &says("not known", "clock", "no answer told the vendor's time")]).await;

    let port = ours.rsplit(':').next().unwrap_or_default();
    replace_config(&story, &json!({ "tencent": { "endpoint": format!("http://localhost:{port}") } })).await;
    let name = says("failed", "name", "the name localhost leads to 127.0.0.1, an address of this machine");
    finds(&story, &format!("localhost:{port}"), 1, &[&name, &says("not known", "connection", "nothing was sent")])
        .await;
}

#[tokio::test]
async fn a_vendor_whose_certificate_nobody_vouches_for_is_named_until_the_config_does() {
    let story = Story::prepare("doctor-tls").await;
    furnish_rights(&story).await;
    let app = App::new(KEY, "administrator");
    let options = roomkeeper_sim::Options { tls: Some(Tls::default()), ..World::with_app(APP, app).into() };
    let vendor = Simulator::start(options).await.expect("the simulator starts");
    let url = vendor.https_url().expect("it has TLS");
    let host = url.replace("https://", "");
    replace_config(&story, &json!({ "tencent": { "endpoint": url } })).await;
    let unknown = format!("connection: TLS with {url} failed: invalid peer certificate: UnknownIssuer");
    finds(
        &story,
        &host,
        1,
        &[&unknown, "next: if a proxy or a server of your own answers there, name its certificate authority"],
    )
    .await;

    story.create_secret("authority", "ca.crt", vendor.ca_pem().expect("it has an authority")).await;
    let bundle = json!({ "name": "authority", "key": "ca.crt" });
    replace_config(&story, &json!({ "tencent": { "endpoint": url }, "caBundleRef": bundle })).await;
    let known = format!("connection: {url} answers over TLS, by a certificate that ends in ");
    finds(
        &story,
        &host,
        0,
        &[&known, "credential: the vendor accepts it", "there: ca.crt in authority, secretKey in tencent"],
    )
    .await;
}

#[tokio::test]
async fn objects_that_ask_for_more_looks_than_the_account_has_are_counted() {
    let story = Story::prepare("doctor-pace").await;
    furnish_rights(&story).await;
    let ours = story.sim.url().replace("http://", "");
    // 1 % of 200 calls in a second: two looks in a second, which 60 rooms at the shortest interval ask for.
    replace_config(&story, &json!({ "rateLimit": { "percent": 1 } })).await;
    let room = async |number: usize| {
        let name = format!("room-{number}");
        story.create_room(&json!({ "metadata": { "name": name }, "spec": { "driftCheckInterval": "30s" } })).await;
    };
    for number in 0..41 {
        room(number).await;
    }
    let pace = |outcome: &str| format!("{outcome:9}  account tencent/{APP}, pace of room_engine/get_room_info: ");
    finds(&story, &ours, 0, &[&pace("ok"), "41 objects: 82 looks in a minute, 68.3 % of the 120 that"]).await;
    for number in 41..45 {
        room(number).await;
    }
    finds(&story, &ours, 0, &[&pace("warning"), "45 objects: 90 looks in a minute, 75.0 % of the 120"]).await;
    for number in 45..61 {
        room(number).await;
    }
    finds(
        &story,
        &ours,
        1,
        &[&pace("failed"), "61 objects: 122 looks in a minute, 101.7 %", "next: raise rateLimit.percent"],
    )
    .await;
}
