//! Holds `roomkeeper plan` to what the operator did: at the end of every story, each pass that was about to change
//! something is planned again, by the program, from the objects and the vendor as they were at that moment.
//!
//! The two must agree, call by call and in order.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::SystemTime;

use k8s_openapi::jiff::Timestamp;
use roomkeeper::api::annotations;
use roomkeeper::object::Object;
use roomkeeper_sim::{Arrived, Options, Simulator};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

/// The passes of one story that are planned again; what a crowd does is always the same.
const AT_MOST: usize = 25;

/// The writes to the vendors of which the world before them is kept: a pass may make several.
pub const KEPT: usize = 4 * AT_MOST;

/// A pass that was about to change something, as the operator logged it.
#[derive(Debug)]
struct Planned {
    when: SystemTime,
    uid: String,
    version: u64,
    steps: String,
}

/// What was there when a story's passes were planned.
pub struct Scene {
    /// What all its operators logged.
    pub log: String,
    /// All versions of all objects, configs and Secrets, by UID.
    pub versions: BTreeMap<String, Vec<Value>>,
    /// The version at which an object went, by UID.
    pub deleted: BTreeMap<String, u64>,
    /// The vendors, as each write found them.
    pub arrivals: Vec<Arrived>,
    /// Where the vendors were.
    pub url: String,
    /// The hosts that the operators might call.
    pub allowed_hosts: String,
    pub operator_namespace: String,
}

impl Scene {
    /// Plans again, and returns where the two do not agree.
    pub async fn disagreements(&self) -> Vec<String> {
        let mut found = Vec::new();
        if !self.arrivals.is_empty() && !self.log.lines().any(|line| Planned::read(line).is_some()) {
            found.push("the vendors were changed, but no operator logged what it planned".to_owned());
        }
        for planned in self.log.lines().filter_map(Planned::read).take(AT_MOST) {
            // Without a write after it, the pass was given up before it did anything.
            let Some(arrived) = self.arrivals.iter().find(|arrived| arrived.when >= planned.when) else { continue };
            if self.was_given_up(&planned) {
                continue;
            }
            // What came later than the pass's own first write, or the object's end, it did not know; and all that came
            // before the version that it began with, it knew.
            let mut foretold = Vec::new();
            for end in [self.end_of(&planned), planned.version] {
                foretold.push(self.foretell(&planned, arrived, end).await);
                if foretold.last() == Some(&Ok(planned.steps.clone())) {
                    break;
                }
            }
            if foretold.last() != Some(&Ok(planned.steps.clone())) {
                found.push(format!("{planned:?}, but `roomkeeper plan` says {foretold:?}"));
            }
        }
        found
    }

    /// Tells whether the pass lost its room before it could claim it: then it called nobody.
    fn was_given_up(&self, planned: &Planned) -> bool {
        let versions = self.versions.get(&planned.uid).map(Vec::as_slice).unwrap_or_default();
        let is_claimed = |version: &Value| version["metadata"]["annotations"].get(annotations::CLAIM).is_some();
        let claims = versions.iter().skip_while(|version| number(version) < planned.version).map(is_claimed);
        !claims.take(2).any(|is_claimed| is_claimed)
    }

    /// Plans again with what was there before the version `end`.
    async fn foretell(&self, planned: &Planned, arrived: &Arrived, end: u64) -> Result<String, String> {
        let vendors =
            Simulator::start(Options::from(arrived.world.clone())).await.map_err(|error| error.to_string())?;
        vendors.clock().stop_at(arrived.at);
        let documents = self.documents(planned, end).ok_or("the watch has not shown that version")?;
        let here = |text: &str| text.replace(port(&self.url), port(&vendors.url()));
        let mut child = Command::new(env!("CARGO_BIN_EXE_roomkeeper"))
            .args(["plan", "-f", "-", "-o", "json", "--operator-namespace", &self.operator_namespace])
            .args(["--allowed-endpoint-hosts", &here(&self.allowed_hosts)])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| error.to_string())?;
        let mut stdin = child.stdin.take().ok_or("it was piped")?;
        stdin.write_all(here(&documents).as_bytes()).await.map_err(|error| error.to_string())?;
        drop(stdin);
        let output = child.wait_with_output().await.map_err(|error| error.to_string())?;
        let plan: Value = serde_json::from_slice(&output.stdout)
            .map_err(|_| format!("{}{}", String::from_utf8_lossy(&output.stderr), documents))?;
        let subject = self.versions[&planned.uid].last().map(|last| &last["metadata"]).ok_or("it has a version")?;
        let is_it = |entry: &&Value| ["name", "namespace"].iter().all(|field| entry[field] == subject[field]);
        let entries = plan["objects"].as_array().ok_or("a plan has objects")?;
        let entry = entries.iter().find(is_it).ok_or("the object is missing")?;
        let steps = entry["steps"].as_array().ok_or("an entry has steps")?;
        if steps.is_empty() {
            return Err(entry.to_string());
        }
        let calls: Vec<&str> = steps.iter().filter_map(|step| step["call"].as_str()).collect();
        Ok(format!("{calls:?}"))
    }

    /// Returns the version at which the pass wrote its object for the first time, or the object went.
    fn end_of(&self, planned: &Planned) -> u64 {
        let mut versions = self.versions[&planned.uid].iter().map(number);
        let next = versions.find(|version| *version > planned.version);
        next.or_else(|| self.deleted.get(&planned.uid).copied()).unwrap_or(u64::MAX)
    }

    /// Returns the object as the pass began with it, and its rivals, configs and Secrets before the version `end`.
    fn documents(&self, planned: &Planned, end: u64) -> Option<String> {
        let is_it = |version: &&Value| number(version) == planned.version;
        let subject = self.versions[&planned.uid].iter().find(is_it)?;
        let is_there = |uid: &String| self.deleted.get(uid).is_none_or(|gone| *gone >= end);
        let others = self.versions.iter().filter(|(uid, _)| **uid != planned.uid && is_there(uid));
        let others = others.filter_map(|(_, versions)| versions.iter().rev().find(|version| number(version) < end));
        let others = others.filter(|other| !is_room(other) || are_rivals(subject, other));
        let items: Vec<&Value> = std::iter::once(subject).chain(others).collect();
        Some(json!({ "apiVersion": "v1", "kind": "List", "items": items }).to_string())
    }
}

impl Planned {
    /// Reads the first round of a pass from a line of the log, which is text or JSON.
    fn read(line: &str) -> Option<Self> {
        if let Ok(line) = serde_json::from_str::<Value>(line) {
            return Planned::of(line["timestamp"].as_str()?, &line["fields"]);
        }
        let (time, rest) = line.split_once(' ')?;
        let (_, fields) = rest.split_once(" planned object=")?;
        let field = |name: &str| {
            let (_, value) = fields.split_once(&format!(" {name}="))?;
            Some(value.split(' ').next().unwrap_or(value).trim_matches('"').to_owned())
        };
        let number = |name: &str| field(name)?.parse::<u64>().ok();
        let (_, steps) = fields.split_once(" steps=")?;
        let (uid, version, round) = (field("uid")?, number("version")?, number("round")?);
        Planned::of(
            time,
            &json!({ "message": "planned", "uid": uid, "version": version, "round": round, "steps": steps }),
        )
    }

    fn of(time: &str, fields: &Value) -> Option<Self> {
        (fields["message"] == "planned" && fields["round"] == 1).then_some(())?;
        let text = |name: &str| fields[name].as_str().map(str::to_owned);
        let when: Timestamp = time.parse().ok()?;
        Some(Planned {
            when: when.into(),
            uid: text("uid")?,
            version: fields["version"].as_u64()?,
            steps: text("steps")?,
        })
    }
}

/// Returns the port of an address, with its colon.
fn port(url: &str) -> &str {
    &url[url.rfind(':').expect("an address has a port")..]
}

fn number(version: &Value) -> u64 {
    version["metadata"]["resourceVersion"].as_str().and_then(|version| version.parse().ok()).unwrap_or_default()
}

fn is_room(document: &Value) -> bool {
    document["kind"] == "Room" || document["kind"] == "MeetingRoom"
}

/// Tells whether two objects call a room by the same name.
fn are_rivals(one: &Value, other: &Value) -> bool {
    let names = |document: &Value| object(document).map(|object| object.names()).unwrap_or_default();
    one["kind"] == other["kind"] && names(one).iter().any(|name| names(other).contains(name))
}

fn object(document: &Value) -> Option<Object> {
    match document["kind"].as_str()? {
        "Room" => serde_json::from_value::<roomkeeper::api::Room>(document.clone()).ok().map(Object::from),
        "MeetingRoom" => {
            serde_json::from_value::<roomkeeper::api::MeetingRoom>(document.clone()).ok().map(Object::from)
        }
        _ => None,
    }
}
