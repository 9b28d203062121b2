//! The golden objects: which states have one, and what kstatus makes of each. No API server is needed here.
//!
//! tests/stories/objects records them; tests/gitops asks the libraries of Flux, Argo CD and kstatus about them.

#[path = "support/mod.rs"]
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use roomkeeper_plan::reason::{Mark, Reason, Status};
use serde_json::Value;

use support::{golden, kstatus};

/// The engines, by the folders of their golden objects.
const ENGINES: [&str; 4] = ["tencent-room", "tencent-live", "huawei-rtc", "huawei-meeting"];

/// The kinds of config, by the folders of their golden objects, and the reasons that they know.
const CONFIGS: [&str; 2] = ["provider-config", "cluster-provider-config"];
const CONFIG_REASONS: [&str; 5] =
    ["Pending", "CredentialsAccepted", "CredentialsRejected", "ProviderConfigNotReady", "ProviderUnavailable"];

/// States that are no reason's: edited or deleted and not looked at since, and paused after it was in sync.
const IN_BETWEEN: [&str; 4] = ["edited", "deleted", "paused-in-sync", "paused-edited"];

/// The reasons that an engine never gives, and why. Everything else has a golden object.
fn impossible(engine: &str) -> Vec<(Reason, &'static str)> {
    let meeting_only =
        [Reason::OwnerNotAddressable, Reason::PasswordUnknown, Reason::RoomDisabled, Reason::Unallocated]
            .map(|reason| (reason, "only a room of Cloud Meeting has it"));
    let named = "naming the room is taking it over, so it is nobody else's";
    let mut impossible = match engine {
        "tencent-room" => vec![(Reason::OccupancyUnknown, "the list of members tells who is in, or the look fails")],
        "tencent-live" => vec![],
        "huawei-rtc" => {
            let nothing_to_set = [
                Reason::AppliedUnverified,
                Reason::CorrectingDrift,
                Reason::DriftTolerated,
                Reason::NotEffective,
                Reason::UpdateNotPartial,
            ];
            let nobodys = [Reason::WaitingForOwner, Reason::OwnerNotFound];
            let comes_and_goes = [Reason::NotFound, Reason::Ended];
            let rows = [
                nothing_to_set.map(|reason| (reason, "the room has no settings")).to_vec(),
                nobodys.map(|reason| (reason, "the room has no owner")).to_vec(),
                comes_and_goes.map(|reason| (reason, "a room that does not run is in sync")).to_vec(),
                vec![(Reason::AlreadyExists, named)],
                vec![(Reason::OccupancyUnknown, "the list of users tells who is in, or the look fails")],
            ];
            rows.concat()
        }
        "huawei-meeting" => vec![
            (Reason::WaitingForOwner, "the room is assigned to whoever shall have it, present or not"),
            (Reason::Ended, "packages end, rooms do not"),
            (Reason::AlreadyExists, named),
            (Reason::OccupancyUnknown, "the list of conferences tells whether one runs, or the look fails"),
        ],
        other => panic!("{other} is no engine"),
    };
    if engine != "huawei-meeting" {
        impossible.extend(meeting_only);
    }
    impossible
}

/// Returns the golden objects, by folder and name.
fn objects() -> BTreeMap<String, Value> {
    let mut objects = BTreeMap::new();
    for folder in ENGINES.into_iter().chain(CONFIGS) {
        let files = std::fs::read_dir(golden::folder().join(folder)).expect("the golden objects are there");
        for file in files {
            let path = file.expect("a folder can be read to its end").path();
            let name = path.file_stem().and_then(|name| name.to_str()).expect("a name");
            objects.insert(format!("{folder}/{name}"), read(&path));
        }
    }
    objects
}

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).expect("a golden object can be read");
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the column `kstatus` of the table of verdicts, by object.
fn expected() -> BTreeMap<String, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gitops/verdicts.txt");
    let table = std::fs::read_to_string(path).expect("the table of verdicts is there");
    let rows = table.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let row = |line: &str| {
        let mut columns = line.split_whitespace().map(str::to_owned);
        columns.next().zip(columns.next()).expect("a row has an object and its verdicts")
    };
    rows.map(row).collect()
}

#[test]
fn every_state_that_an_engine_can_be_in_has_a_golden_object() {
    let mut expected = BTreeSet::new();
    for engine in ENGINES {
        let impossible: Vec<Reason> = impossible(engine).into_iter().map(|(reason, _)| reason).collect();
        let possible = Reason::ALL.into_iter().filter(|reason| !impossible.contains(reason));
        let names = possible.map(|reason| golden::file_name(&reason.to_string()));
        expected.extend(names.chain(IN_BETWEEN.map(str::to_owned)).map(|name| format!("{engine}/{name}")));
    }
    for kind in CONFIGS {
        let names = CONFIG_REASONS.iter().map(|reason| golden::file_name(reason)).chain(["edited".to_owned()]);
        expected.extend(names.map(|name| format!("{kind}/{name}")));
    }
    let there: BTreeSet<String> = objects().into_keys().collect();
    let missing: Vec<&String> = expected.difference(&there).collect();
    assert!(
        missing.is_empty(),
        "no golden object; a story in tests/stories/objects has to bring it about: {missing:?}"
    );
    let strange: Vec<&String> = there.difference(&expected).collect();
    assert!(strange.is_empty(), "golden objects of states that are said to be impossible: {strange:?}");
}

#[test]
fn a_golden_object_has_the_conditions_of_its_reason() {
    for (name, object) in objects() {
        let condition = |type_: &str| {
            let conditions = object["status"]["conditions"].as_array().into_iter().flatten();
            conditions.into_iter().find(|condition| condition["type"] == type_)
        };
        let ready = condition("Ready").unwrap_or_else(|| panic!("{name} has no Ready"));
        let Some(reason) = Reason::ALL.into_iter().find(|reason| ready["reason"] == reason.to_string()) else {
            assert_eq!((&ready["reason"], &ready["status"]), (&"CredentialsAccepted".into(), &"True".into()), "{name}");
            continue;
        };
        let status = match reason.ready() {
            Status::True => "True",
            Status::False => "False",
            Status::Unknown => "Unknown",
        };
        assert_eq!(ready["status"], status, "{name}");
        let marks = (condition("Reconciling").is_some(), condition("Stalled").is_some());
        let expected = match reason.mark() {
            Mark::Plain => (false, false),
            Mark::Reconciling => (true, false),
            Mark::Stalled => (false, true),
        };
        assert_eq!(marks, expected, "{name}");
    }
}

/// Together with tests/gitops, which compares the library's verdicts with the same table, it says that
/// [`kstatus::verdict`] and the library agree on every golden object.
#[test]
fn our_reading_of_kstatus_says_what_the_table_says() {
    let verdicts = objects().into_iter().map(|(name, object)| (name, format!("{:?}", kstatus::verdict(&object))));
    assert_eq!(verdicts.collect::<BTreeMap<_, _>>(), expected());
}

#[test]
fn nothing_looks_well_that_nobody_has_looked_at() {
    for (name, object) in objects() {
        assert_eq!(kstatus::premature(&object), None, "{name}");
    }
}

#[test]
fn an_object_that_looks_well_too_early_is_found() {
    let well = &objects()["tencent-room/in-sync"];
    let changed = |pointer: &str, value: Value| {
        let mut object = well.clone();
        *object.pointer_mut(pointer).expect("it is there") = value;
        object
    };
    let rows = [
        (changed("/status", Value::Null), "no status"),
        (changed("/status/conditions", Value::Null), "no conditions"),
        (changed("/status/observedGeneration", Value::Null), "no generation that was looked at"),
        (changed("/status/conditions/0/observedGeneration", 0.into()), "a Ready of an earlier generation"),
        (changed("/status/observed", Value::Null), "no sight"),
        (changed("/spec/tencentRoom/name", "Another name".into()), "a sight that does not fit the spec"),
    ];
    for (object, what) in rows {
        assert!(kstatus::premature(&object).is_some(), "{what}");
    }
    for (pointer, value) in [("/status/observedGeneration", 0), ("/metadata/generation", 2)] {
        assert_eq!(kstatus::verdict(&changed(pointer, value.into())), kstatus::Verdict::InProgress, "{pointer}");
    }
}
