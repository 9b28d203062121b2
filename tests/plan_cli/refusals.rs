//! What cannot be planned, and what is said of it.

use roomkeeper_sim::{Effect, Fault};
use serde_json::json;

use crate::stage::*;

#[tokio::test]
async fn a_look_that_fails_is_an_error_that_names_the_cause_and_the_next_object_is_planned() {
    let stage = Stage::new().await;
    let page = Fault::at("room_engine/get_room_info", Effect::Html { status: 502 }).room("weekly-sync");
    stage.sim.faults().add(page).expect("a known operation");
    let two = [room(&json!({})), room(&json!({ "metadata": { "name": "other" } }))];
    let told = format!(
        "\
! Room events/weekly-sync
    room tencent/1400000000/weekly-sync (not claimed by this object)
    ProviderUnavailable: get_room_info: the vendor did not answer (HTTP 502)
    the vendor says: answered with a web page, check that the endpoint is the vendor's and no proxy answers instead
    in {}

+ Room events/other
    room tencent/1400000000/other (not claimed by this object)
    1. create the room
       roomId: no room -> other
",
        stage.manifests()
    );
    let told = text(&told, "1 to create, 1 with an error");
    stage.plan(&two, &[]).await.is("a web page", ERROR, &told);
}

#[tokio::test]
async fn an_account_that_cannot_be_opened_is_named_with_what_to_do() {
    let stage = Stage::new().await;
    let key = secret("tencent", "secretKey", KEY);
    let elsewhere = |host: &str| {
        let mut config = stage.config();
        config["spec"]["tencent"]["endpoint"] = json!(host);
        config
    };
    let rows = [
        (
            "no config",
            vec![key.clone(), room(&json!({}))],
            "ProviderConfigNotReady: the ProviderConfig events/tencent that spec.providerConfigRef names does not \
             exist; create it or correct the name",
        ),
        (
            "another namespace",
            vec![stage.config(), key.clone(), room(&json!({ "metadata": { "namespace": null } }))],
            "ProviderConfigNotReady: the ProviderConfig default/tencent that spec.providerConfigRef names does not \
             exist; create it or correct the name",
        ),
        (
            "another key in the Secret",
            vec![stage.config(), secret("tencent", "key", KEY), room(&json!({}))],
            "ProviderConfigNotReady: the Secret events/tencent has no key secretKey with a text value; add it or \
             correct the reference",
        ),
        (
            "a wrong key",
            vec![stage.config(), secret("tencent", "secretKey", "canary-wrong"), room(&json!({}))],
            "CredentialsRejected: account_check: the credentials were rejected, check the key, the identifier and the \
             region or endpoint (code 70009)",
        ),
        (
            "a host that no flag allows",
            vec![elsewhere("https://rooms.example"), key, room(&json!({}))],
            "ProviderConfigNotReady: the ProviderConfig events/tencent is not usable: spec.tencent.endpoint: the host \
             rooms.example:443 is not allowed; start the controller with --allowed-endpoint-hosts=rooms.example:443",
        ),
    ];
    for (what, documents, words) in rows {
        let path = stage.file("manifests.yaml", &yaml(&documents));
        let told = stage.run(&["-f", &path], &[], "").await;
        assert!(told.out.contains(&format!("\n    {words}\n    in {path}\n")), "{what}: {}", told.out);
        assert_eq!((told.code, told.err.as_str()), (Some(ERROR), ""), "{what}");
    }
}

#[tokio::test]
async fn a_spec_that_the_api_server_would_refuse_is_refused_with_the_field() {
    let stage = Stage::new().await;
    let rows = [
        ("two engines", json!({ "tencentLive": { "owner": "alice" } }), "spec: set exactly one of tencentRoom"),
        ("102 bytes of Chinese", json!({ "tencentRoom": { "name": "周".repeat(34) } }), "spec.tencentRoom.name: "),
        ("an owner of 33 bytes", json!({ "tencentRoom": { "owner": "x".repeat(33) } }), "spec.tencentRoom.owner: "),
    ];
    for (what, spec, words) in rows {
        let told = stage.plan(&[room(&json!({ "spec": spec }))], &[]).await;
        told.says(what, ERROR, &format!("\n    {words}"));
    }
    assert!(stage.sim.journal().iter().all(|entry| entry.room.is_none()), "a wrong spec was looked for");
}
