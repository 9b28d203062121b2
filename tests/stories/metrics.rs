//! Metrics: the values are what the vendor's journal says, and no room makes a series of its own.

use std::collections::{BTreeMap, BTreeSet};

use kube::api::{DeleteParams, Patch, PatchParams};
use roomkeeper::api::ProviderConfig;
use roomkeeper_sim::{Effect, Entry, Refusal};
use serde_json::json;

use crate::story::{APP, DEADLINE, OTHER_APP, ROOM, Story, ready};
use crate::support::wait_until;

/// A scrape: each series with its value, as in `name{label="value"}`.
type Scrape = BTreeMap<String, f64>;

impl Story {
    /// Scrapes the operator, as somebody who knows the older text format only.
    pub async fn scrape(&self) -> Scrape {
        let (status, text) = self.operator.as_ref().expect("it runs").ask("/metrics").await;
        assert_eq!(status, 200, "{text}");
        let samples = text.lines().filter(|line| !line.starts_with('#'));
        let read = |line: &str| {
            let (series, value) = line.rsplit_once(' ').expect("a sample has a value");
            (series.to_owned(), value.parse().expect("a value is a number"))
        };
        samples.map(read).collect()
    }

    /// Waits until a scrape is as wanted, and returns it.
    async fn until_scrape(&self, what: &str, wanted: impl Fn(&Scrape) -> bool) -> Scrape {
        let mut last = Scrape::new();
        let is_so = async || {
            last = self.scrape().await;
            wanted(&last)
        };
        self.patiently(what, wait_until(DEADLINE, what, is_so)).await;
        last
    }

    /// Returns how the vendor calls of the story's app must be counted, by the simulator's journal.
    fn calls_by_journal(&self) -> Scrape {
        let mut calls = Scrape::new();
        for Entry { operation, code, account, .. } in self.sim.journal() {
            assert_eq!(account.as_deref(), Some(APP.to_string().as_str()));
            let operation = operation.rsplit('/').next().unwrap_or_default();
            let code = code.map(|code| code.to_string()).filter(|code| code != "0").unwrap_or("ok".to_owned());
            let config = format!("{}/tencent", self.namespace);
            let series = format!(
                "roomkeeper_vendor_calls_total{{provider=\"tencent\",config=\"{config}\",operation=\"{operation}\",code=\"{code}\"}}"
            );
            *calls.entry(series).or_default() += 1.0;
        }
        calls
    }
}

fn of<'a>(scrape: &'a Scrape, name: &str) -> BTreeMap<&'a str, f64> {
    scrape
        .iter()
        .filter(|(series, _)| series.starts_with(name))
        .map(|(series, value)| (series.as_str(), *value))
        .collect()
}

#[tokio::test]
async fn what_the_metrics_say_is_what_the_journal_and_the_objects_say() {
    let story = Story::begin("metrics").await;
    story.fault("room_engine/create_room", Effect::Refuse(Refusal::of(100_001)));
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    story.create_room(&json!({ "metadata": { "name": "gone" }, "spec": { "managementPolicies": [] } })).await;
    story.until_reason("gone", "NotFound").await;
    let only_reports = json!({ "driftCorrection": { "default": "OnEdit" }, "tencentRoom": { "maxMembers": 7 } });
    story.create_room(&json!({ "metadata": { "name": "drifts" }, "spec": only_reports })).await;
    story.until_reason("drifts", "InSync").await;
    story.vendor_changes("drifts", |room| room.max_members = 8);
    let status = story.look_again("drifts").await;
    assert_eq!(ready(&status).map(|ready| ready.reason.as_str()), Some("DriftTolerated"));

    let what = "the counted calls to be those of the journal";
    let counted = |scrape: &Scrape| {
        let calls = story.calls_by_journal();
        of(scrape, "roomkeeper_vendor_calls_total") == of(&calls, "")
    };
    let scrape = story.until_scrape(what, counted).await;
    assert!(
        story.calls_by_journal().keys().any(|series| series.contains("code=\"100001\"")),
        "the story has a call that failed"
    );
    let looks = "roomkeeper_vendor_call_duration_seconds_count{provider=\"tencent\",operation=\"get_room_info\"}";
    let journal = story.sim.journal().iter().filter(|entry| entry.calls("room_engine/get_room_info")).count();
    assert_eq!(scrape.get(looks), Some(&(journal as f64)));

    let room = |ready: &str, reason: &str| {
        format!("roomkeeper_objects{{kind=\"Room\",ready=\"{ready}\",reason=\"{reason}\"}}")
    };
    let objects = [room("True", "InSync"), room("True", "DriftTolerated"), room("False", "NotFound")];
    let expected: BTreeMap<&str, f64> = objects.iter().map(|series| (series.as_str(), 1.0)).collect();
    assert_eq!(of(&scrape, "roomkeeper_objects"), expected);
    let rows = [
        ("roomkeeper_drifted_objects{kind=\"Room\"}", 1.0),
        ("roomkeeper_drifted_objects{kind=\"MeetingRoom\"}", 0.0),
        ("roomkeeper_queue_length{lane=\"edit\"}", 0.0),
        ("roomkeeper_queue_length{lane=\"drift\"}", 0.0),
        ("roomkeeper_leader", 1.0),
        ("roomkeeper_part_healthy{part=\"lease\"}", 1.0),
        ("roomkeeper_part_healthy{part=\"watch/Room\"}", 1.0),
        (concat!("roomkeeper_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"}"), 1.0),
        ("roomkeeper_passes_total{engine=\"tencentRoom\",outcome=\"step_failed\"}", 1.0),
    ];
    for (series, value) in rows {
        assert_eq!(scrape.get(series), Some(&value), "{series}: {scrape:#?}");
    }
    let headroom = of(&scrape, &format!("roomkeeper_limiter_headroom{{account=\"tencent/{APP}\""));
    assert!(!headroom.is_empty() && headroom.values().all(|part| *part == 1.0), "{headroom:?}");
    let settled = "roomkeeper_passes_total{engine=\"tencentRoom\",outcome=\"settled\"}";
    assert!(scrape.get(settled).is_some_and(|passes| *passes >= 4.0), "{scrape:#?}");
}

#[tokio::test]
async fn no_room_has_a_series_of_its_own_and_a_config_that_is_gone_has_none() {
    let mut story = Story::prepare("series").await;
    story.open_other_account("other").await;
    let quick = Patch::Merge(json!({ "spec": { "dismissals": { "maxPerMinute": 200 } } }));
    let configs = story.api::<ProviderConfig>();
    configs.patch("other", &PatchParams::default(), &quick).await.expect("it is there");
    story.start_operator();
    let come_and_go = async |names: Vec<String>| {
        for name in &names {
            let config = json!({ "providerConfigRef": { "name": "other" } });
            story.create_room(&json!({ "metadata": { "name": name }, "spec": config })).await;
        }
        for name in &names {
            story.until_reason(name, "InSync").await;
            story.delete_room(name).await;
        }
        for name in &names {
            story.until_gone(name).await;
        }
        let none = |scrape: &Scrape| of(scrape, "roomkeeper_objects").is_empty();
        let scrape = story.until_scrape("all objects to be gone", none).await;
        scrape.into_keys().collect::<BTreeSet<String>>()
    };
    let few = come_and_go(vec!["canary-room-0".to_owned()]).await;
    let many = come_and_go((1..=100).map(|number| format!("canary-room-{number}")).collect()).await;
    let named: Vec<&String> = many.iter().filter(|series| series.contains("canary")).collect();
    assert!(named.is_empty(), "{named:?}");
    // More calls may show one more answer of the vendor's.
    let more: Vec<&String> = many.difference(&few).collect();
    assert!(more.len() <= 2, "100 rooms made series: {more:?}");

    let others = |scrape: &Scrape| {
        let of_other = format!("config=\"{}/other\"", story.namespace);
        let of_app = format!("tencent/{OTHER_APP}");
        scrape.keys().filter(|series| series.contains(&of_other) || series.contains(&of_app)).count()
    };
    assert!(others(&story.scrape().await) > 1);
    configs.delete("other", &DeleteParams::default()).await.expect("it is there");
    story.until_scrape("nothing to be told of a config that is gone", |scrape| others(scrape) == 0).await;
}
