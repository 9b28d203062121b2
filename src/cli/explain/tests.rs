//! Every golden object is explained, as the operator wrote it: each has a meaning, a next, and where a person must act, a
//! command.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use k8s_openapi::api::coordination::v1::LeaseSpec;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use kube::core::ObjectMeta;
use roomkeeper_plan::reason::{Mark, Reason};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::explanation::{ObjectName, Purpose, SecretKey, SecretState};
use super::gather::{Around, ConfigFacts, RoomFacts};
use super::*;
use crate::api::{ClusterProviderConfig, ProviderConfig};
use crate::config::StoredConfig;
use crate::object::Object;
use crate::source::ConfigKey;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A day after everything that the golden objects tell of.
fn now() -> Timestamp {
    "2030-02-01T09:00:00Z".parse().unwrap()
}

fn read<T: DeserializeOwned>(path: &Path) -> T {
    let text = std::fs::read_to_string(path).unwrap();
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the golden objects of a folder.
fn golden(folder: &str) -> Vec<PathBuf> {
    let folder = repository().join("tests/golden/objects").join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// A Lease that was just renewed.
fn lease() -> LeaseSpec {
    LeaseSpec {
        holder_identity: Some("roomkeeper-0".to_owned()),
        lease_duration_seconds: Some(20),
        renew_time: Some(MicroTime(now())),
        ..LeaseSpec::default()
    }
}

fn around(secret: SecretState) -> Around {
    let secret = SecretKey {
        namespace: "events".to_owned(),
        name: "vendor".to_owned(),
        key: "secretKey".to_owned(),
        purpose: Purpose::Credential,
        state: secret,
    };
    Around { secrets: vec![secret], lease: Ok(Some(lease())), guarded: Ok(true), events: Ok(Vec::new()) }
}

/// Returns a config of this name whose credential was accepted.
fn config(object: &Object) -> StoredConfig {
    let secret = json!({ "name": "vendor", "key": "secretKey" });
    let account = match unblock::engine(object) {
        "huaweiRtc" => json!({ "huaweiRtc": {
            "region": "cn-north-4", "projectId": "0123456789abcdef0123456789abcdef",
            "accessKey": { "idRef": secret, "secretRef": secret },
        }}),
        "huaweiMeeting" => json!({ "huaweiMeeting": {
            "region": "ap-southeast-1", "appId": "fdb8e4699586458bbd10c834872dcc62", "appKeyRef": secret,
        }}),
        _ => json!({ "tencent": {
            "sdkAppId": 1_400_000_000, "region": "Singapore", "identifier": "administrator", "secretKeyRef": secret,
        }}),
    };
    let accepted = read::<ProviderConfig>(&golden("provider-config")[0]).status;
    let metadata = json!({ "name": object.config.name, "namespace": "events", "generation": 1 });
    let mut config: ProviderConfig = serde_json::from_value(json!({ "metadata": metadata, "spec": account })).unwrap();
    config.status = accepted;
    config.into()
}

/// Returns a golden object with everything in place around it; of one that is about its config, the Secret is missing.
fn room(path: &Path) -> RoomFacts {
    let object: Value = read(path);
    let object = match object["kind"].as_str().unwrap() {
        "MeetingRoom" => Object::from(serde_json::from_value::<crate::api::MeetingRoom>(object).unwrap()),
        _ => Object::from(serde_json::from_value::<crate::api::Room>(object).unwrap()),
    };
    let is_about_secrets = path.ends_with("provider-config-not-ready.yaml");
    let secret = if is_about_secrets { SecretState::NoSecret } else { SecretState::Present };
    RoomFacts { config: Ok(Some(config(&object))), object, around: around(secret) }
}

fn explained(gathered: &Gathered) -> Explanation {
    let context = Context { program: "kubectl", operator_namespace: "roomkeeper", lease: "roomkeeper", now: now() };
    explain(gathered, &context)
}

/// Reads a command as a shell does that has neither variables nor pipes; absent: it is none.
fn words(command: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for letter in command.chars() {
        match (letter, quote) {
            ('\'' | '"', None) => quote = Some(letter),
            (letter, Some(open)) if letter == open => quote = None,
            (' ', None) => words.push(std::mem::take(&mut word)),
            (letter, _) => word.push(letter),
        }
    }
    words.push(word);
    (quote.is_none() && words.iter().all(|word| !word.is_empty())).then_some(words)
}

/// Checks that a command could be typed: what it is about, and that its patches are JSON.
fn check(command: &str, object: &ObjectName) {
    for command in command.split(" && ") {
        let words = words(command).unwrap_or_else(|| panic!("no command: {command}"));
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let (namespace, rest) = match words.as_slice() {
            ["kubectl", "-n", namespace, rest @ ..] => (Some(*namespace), rest),
            ["kubectl", rest @ ..] => (None, rest),
            _ => panic!("not about kubectl: {command}"),
        };
        match rest {
            ["get", "deployments" | "deployments,pods", ..] => assert_eq!(namespace, Some("roomkeeper"), "{command}"),
            ["get", "providerconfigs,clusterproviderconfigs"] => {}
            ["create", "secret", "generic", name, literals @ ..] => {
                assert!(!name.is_empty() && !literals.is_empty(), "{command}");
                assert!(literals.iter().all(|literal| literal.starts_with("--from-literal=")), "{command}");
            }
            ["patch", "secret" | "providerconfig" | "clusterproviderconfig", _, "--type=merge", "-p", patch] => {
                serde_json::from_str::<Value>(patch).unwrap_or_else(|error| panic!("{command}: {error}"));
            }
            [verb @ ("patch" | "annotate" | "edit" | "delete"), kind, name, more @ ..] => {
                assert_eq!((*kind, *name), (object.kind.to_lowercase().as_str(), object.name.as_str()), "{command}");
                match (*verb, more) {
                    ("patch", ["--type=merge", "-p", patch]) => {
                        serde_json::from_str::<Value>(patch).unwrap_or_else(|error| panic!("{command}: {error}"));
                    }
                    ("annotate", ["--overwrite", annotation] | [annotation]) => {
                        assert!(annotation.starts_with("roomkeeper.dev/"), "{command}");
                    }
                    ("edit" | "delete", []) => {}
                    (_, more) => panic!("{command}: {more:?}"),
                }
            }
            other => panic!("{command}: {other:?}"),
        }
    }
}

#[test]
fn every_golden_room_has_a_meaning_a_next_and_where_a_person_must_act_a_command() {
    let mut reasons = BTreeSet::new();
    for folder in ["tencent-room", "tencent-live", "huawei-rtc", "huawei-meeting"] {
        for path in golden(folder) {
            let place = path.display();
            let facts = room(&path);
            let reason = Reason::parse(&facts.object.status.conditions[0].reason).unwrap();
            reasons.insert(reason);
            let explanation = explained(&Gathered::Room(Box::new(facts)));
            assert!(!explanation.summary.meaning.is_empty() && !explanation.summary.remedy.is_empty(), "{place}");
            assert!(!explanation.next.is_empty(), "{place}");
            assert!(explanation.commands.len() <= 2, "{place}");
            if reason.mark() == Mark::Stalled {
                assert!(!explanation.commands.is_empty(), "{place}");
            }
            // Some codes of the simulator's are its own, where the vendor's are not known.
            let is_real = |code: &String| !code.starts_with("SIM.");
            if let Some(failure) = explanation.last_failure.as_ref().filter(|failure| failure.code.iter().all(is_real))
            {
                assert!(!failure.hint.contains("no page of the vendor"), "{place}: {failure:?}");
            }
            for command in &explanation.commands {
                check(&command.command, &explanation.object);
            }
            // It can be written both ways.
            assert!(text::of(&explanation, now()).contains("What happens next"), "{place}");
            serde_json::to_string(&explanation).unwrap();
        }
    }
    assert_eq!(reasons.len(), Reason::ALL.len(), "of some reason there is no object");
}

#[test]
fn every_golden_config_is_explained() {
    for folder in ["provider-config", "cluster-provider-config"] {
        for path in golden(folder) {
            let (meta, config): (ObjectMeta, StoredConfig) = match folder {
                "provider-config" => {
                    let config: ProviderConfig = read(&path);
                    (config.metadata.clone(), config.into())
                }
                _ => {
                    let config: ClusterProviderConfig = read(&path);
                    (config.metadata.clone(), config.into())
                }
            };
            let is_accepted = path.ends_with("credentials-accepted.yaml");
            let facts = ConfigFacts { config, meta, users: Ok(Vec::new()), around: around(SecretState::Present) };
            let explanation = explained(&Gathered::Config(Box::new(facts)));
            let place = path.display();
            assert_eq!(explanation.ready, is_accepted, "{place}");
            assert!(!explanation.summary.meaning.is_empty() && !explanation.next.is_empty(), "{place}");
            for command in &explanation.commands {
                check(&command.command, &explanation.object);
            }
        }
    }
}

/// A situation, and how it differs from all being well around a golden object.
type Row = (&'static str, &'static str, fn(&mut RoomFacts));

const PAGES: [Row; 11] = [
    ("in-sync", "tencent-room/in-sync", |_| {}),
    ("no-operator", "tencent-room/edited", |facts| facts.around.lease = Ok(None)),
    ("drift-not-corrected", "tencent-room/drift-not-corrected", |_| {}),
    ("credentials-rejected", "tencent-room/credentials-rejected", |facts| {
        let config = facts.config.as_mut().unwrap().as_mut().unwrap();
        config.status = read::<ProviderConfig>(&golden("provider-config")[1]).status.unwrap();
    }),
    ("missing-config", "tencent-room/provider-config-not-ready", |facts| {
        facts.config = Ok(None);
        facts.around.secrets.clear();
    }),
    ("not-allowed", "tencent-live/provider-config-not-ready", |facts| {
        let config = facts.config.as_mut().unwrap().as_mut().unwrap();
        config.key = ConfigKey::Cluster("shared".to_owned());
        config.allowed_namespaces = Some(vec!["sales".to_owned()]);
    }),
    ("dismissal-held", "tencent-room/dismissal-held", |_| {}),
    ("dismissal-waiting", "huawei-rtc/dismissal-waiting", |_| {}),
    ("paused", "huawei-meeting/paused-in-sync", |_| {}),
    ("password-unknown", "huawei-meeting/password-unknown", |_| {}),
    ("little-is-known", "tencent-live/permission-denied", |facts| {
        let forbidden = || "you may not read it".to_owned();
        facts.config = Err(forbidden());
        facts.around = Around {
            secrets: Vec::new(),
            lease: Err(forbidden()),
            guarded: Err(forbidden()),
            events: Err(forbidden()),
        };
    }),
];

#[test]
fn pages_are_what_was_reviewed() {
    for (name, object, change) in PAGES {
        let mut facts = room(&repository().join("tests/golden/objects").join(object).with_extension("yaml"));
        change(&mut facts);
        let page = text::of(&explained(&Gathered::Room(Box::new(facts))), now());
        let page = anstream::adapter::strip_str(&page).to_string();
        let path = repository().join("tests/golden/explain").join(name).with_extension("txt");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, page).unwrap();
        } else {
            let expected = std::fs::read_to_string(&path).unwrap_or_default();
            assert_eq!(
                page,
                expected,
                "{} is another page; if that is meant, write it anew with UPDATE=1",
                path.display()
            );
        }
    }
}

#[test]
fn the_guards_that_are_asked_for_are_guards() {
    for guard in ["protect", "config-in-use"] {
        let text = std::fs::read_to_string(repository().join(format!("config/admission/{guard}.yaml"))).unwrap();
        assert!(text.contains(&format!("name: {guard}.{}\n", crate::api::GROUP)), "{guard}");
    }
}

#[test]
fn what_others_wrote_cannot_speak_to_the_terminal() {
    let mut facts = room(&repository().join("tests/golden/objects/tencent-room/drift-not-corrected.yaml"));
    facts.object.status.drift[0].observed = "\u{1b}]0;owned\u{7}\nInSync".to_owned();
    let page = text::of(&explained(&Gathered::Room(Box::new(facts))), now());
    let page = anstream::adapter::strip_str(&page).to_string();
    assert!(page.contains(r"\u{1b}]0;owned\u{7}\nInSync"), "{page}");
}
