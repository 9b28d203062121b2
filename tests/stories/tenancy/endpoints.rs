//! Where a credential may be sent.

use serde_json::json;

use crate::story::{ROOM, Story, message};

#[tokio::test]
async fn a_name_that_leads_to_this_machine_is_not_called_until_that_address_is_allowed_too() {
    let mut story = Story::prepare("led-here").await;
    let port = story.sim.url().rsplit(':').next().unwrap_or_default().to_owned();
    story.create_config("named", &json!({ "tencent": { "endpoint": format!("http://localhost:{port}") } })).await;
    story.create_room(&json!({ "spec": { "providerConfigRef": { "name": "named" } } })).await;
    story.allow_hosts(&format!("localhost:{port}"));
    story.start_operator();

    let words = ["the name localhost leads to 127.0.0.1, an address of this machine", "--allowed-endpoint-hosts"];
    let told = story.until_config("named", "ProviderConfigNotReady").await;
    let status = story.until_reason(ROOM, "ProviderConfigNotReady").await;
    for words in words {
        assert!(told.contains(words) && message(&status).contains(words), "{told}; {}", message(&status));
    }
    assert!(story.sim.journal().is_empty(), "something was sent there");

    story.kill_operator().await;
    story.allow_hosts(&format!("localhost:{port},127.0.0.1"));
    story.start_operator();
    story.until_reason(ROOM, "InSync").await;
    story.until_config("named", "CredentialsAccepted").await;
    assert_eq!(story.deeds(ROOM), ["create_room"]);
}
