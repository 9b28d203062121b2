//! Brings an object of each engine into each state that it can be in, and compares it with its golden object.
//!
//! Other tests judge the golden objects: tests/objects.rs says which states are there, tests/gitops what Flux, Argo CD and
//! kstatus make of them.

mod configs;
mod golden;
mod huawei_meeting;
mod huawei_rtc;
mod tencent;

use kube::api::{Patch, PatchParams};
use roomkeeper::api::ProviderConfig;
use serde_json::json;

use crate::story::Story;

/// Has an account allow one dismissal a minute.
async fn slow_down(story: &Story, config: &str) {
    let patch = Patch::Merge(json!({ "spec": { "dismissals": { "maxPerMinute": 1 } } }));
    let configs = story.api::<ProviderConfig>();
    configs.patch(config, &PatchParams::default(), &patch).await.expect("the config is there");
}
