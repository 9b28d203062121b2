//! `roomkeeper plan -f` as a user runs it: the binary, manifests in files, and the simulator as the vendor.
//!
//! No cluster is needed. Each run is checked to have written nothing and told no secret.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};

use roomkeeper_sim::{App, Effect, Fault, Kind, Options, Room as VendorRoom, Simulator, World};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

const APP: u64 = 1_400_000_000;
/// Secrets of these tests begin with `canary` and must never be printed.
const KEY: &str = "canary-key-0b2f7c1d93";
const PASSWORD: &str = "canary-314159";
const KEY_VARIABLE: &str = "ROOMKEEPER_SECRET_TENCENT_SECRETKEY";

/// Exit codes, as `roomkeeper plan --help` tells them.
const NOTHING: i32 = 0;
const ERROR: i32 = 1;
const CHANGES: i32 = 2;

/// A vendor and a folder of manifests.
struct Stage {
    sim: Simulator,
    folder: PathBuf,
}

/// What a run said.
struct Told {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Stage {
    async fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let app = App::new(KEY, "administrator").with_accounts(["alice", "bob"]);
        let sim = Simulator::start(Options::from(World::with_app(APP, app))).await.expect("the simulator starts");
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("roomkeeper-plan-{}-{number}", std::process::id()));
        std::fs::create_dir(&folder).expect("a folder can be made");
        Stage { sim, folder }
    }

    /// Writes a file into the folder and returns its path.
    fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.join(name);
        std::fs::write(&path, text).expect("a file can be written");
        path.display().to_string()
    }

    /// Returns the account's ProviderConfig.
    fn config(&self) -> Value {
        json!({
            "apiVersion": "roomkeeper.dev/v1alpha1",
            "kind": "ProviderConfig",
            "metadata": { "name": "tencent", "namespace": "events" },
            "spec": { "tencent": {
                "sdkAppId": APP,
                "endpoint": self.sim.url(),
                "identifier": "administrator",
                "secretKeyRef": { "name": "tencent", "key": "secretKey" },
            }},
        })
    }

    /// Has the vendor keep the room that [`room`] asks for.
    fn vendor_has_the_room(&self, change: impl FnOnce(&mut VendorRoom)) {
        let now = self.sim.clock().now();
        self.sim.world(|world| {
            let app = world.app_mut(APP).expect("the app");
            let mut made = VendorRoom::conference("weekly-sync", "alice", &app.package, now);
            (made.name, made.max_members, made.audio_disabled) = ("Weekly sync".to_owned(), 300, true);
            change(&mut made);
            app.rooms.insert("weekly-sync".to_owned(), made);
        });
    }

    /// Runs `roomkeeper plan -f` with an account and its Secret beside these documents.
    async fn plan(&self, documents: &[Value], more: &[&str]) -> Told {
        let all: Vec<Value> = [self.config(), secret("tencent", "secretKey", KEY)].into_iter().collect();
        let path = self.file("manifests.yaml", &yaml(&[&all, documents].concat()));
        self.run(&[&["-f", &path], more].concat(), &[], "").await
    }

    async fn run(&self, arguments: &[&str], variables: &[(&str, &str)], input: &str) -> Told {
        let rooms = || self.sim.world(|world| world.app(APP).expect("the app").rooms.clone());
        let before = rooms();
        let mut child = Command::new(env!("CARGO_BIN_EXE_roomkeeper"))
            .arg("plan")
            .args(arguments)
            .args(["--allowed-endpoint-hosts", self.sim.url().trim_start_matches("http://")])
            .env_clear()
            .envs(variables.iter().copied())
            .env("RUST_LOG", "trace")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the binary starts");
        let mut stdin = child.stdin.take().expect("it was piped");
        // A run that does not read its input may be gone by now.
        drop(stdin.write_all(input.as_bytes()).await);
        drop(stdin);
        let output = child.wait_with_output().await.expect("it ends");
        let text = |bytes| String::from_utf8(bytes).expect("it prints UTF-8");
        let told = Told { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) };

        for text in [&told.out, &told.err] {
            assert!(!text.contains("canary"), "a secret was printed: {text}");
        }
        let writes: Vec<String> = self
            .sim
            .journal()
            .into_iter()
            .filter(|entry| entry.kind != Kind::Read)
            .map(|entry| entry.operation)
            .collect();
        assert!(writes.is_empty(), "a plan wrote: {writes:?}");
        assert!(rooms() == before, "a plan changed the vendor");
        told
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

impl Told {
    /// Checks exit code and standard output, and that nothing went to standard error.
    #[track_caller]
    fn is(&self, what: &str, code: i32, out: &str) {
        assert_eq!(self.out, out, "{what}");
        assert_eq!((self.code, self.err.as_str()), (Some(code), ""), "{what}");
    }

    /// Checks that the run failed before it looked at anything, with these words.
    #[track_caller]
    fn fails(&self, what: &str, words: &[&str]) {
        assert_eq!((self.code, self.out.as_str()), (Some(ERROR), ""), "{what}: {}", self.err);
        assert!(self.err.starts_with("error: "), "{what}: {}", self.err);
        for words in words {
            assert!(self.err.contains(words), "{what}: {words:?} is not in {}", self.err);
        }
    }
}

/// JSON is YAML too.
fn yaml(documents: &[Value]) -> String {
    documents.iter().map(|document| format!("---\n{document}\n")).collect()
}

fn secret(name: &str, key: &str, value: &str) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": { "name": name, "namespace": "events" },
        "stringData": { key: value },
    })
}

/// Returns a room of alice, changed by a merge patch.
fn room(patch: &Value) -> Value {
    let mut room = json!({
        "apiVersion": "roomkeeper.dev/v1alpha1",
        "kind": "Room",
        "metadata": { "name": "weekly-sync", "namespace": "events" },
        "spec": {
            "providerConfigRef": { "name": "tencent" },
            "tencentRoom": { "owner": "alice", "name": "Weekly sync", "maxMembers": 300, "audioDisabled": true },
        },
    });
    json_patch::merge(&mut room, patch);
    room
}

fn with_password() -> Value {
    room(&json!({ "spec": { "tencentRoom": { "password": { "secretKeyRef": { "name": "door", "key": "code" } } } } }))
}

/// What a golden text says of an object that nothing is to be done about.
const IN_SYNC: &str = "\
Room events/weekly-sync
  room tencent/1400000000/weekly-sync (taken as this object's)
  InSync: the vendor shows what the spec asks for

";

const CREATE: &str = "\
Room events/weekly-sync
  room tencent/1400000000/weekly-sync (not claimed by this object)
  1. create the room
       roomId: no room -> weekly-sync

";

#[tokio::test]
async fn a_room_that_is_not_there_would_be_made() {
    let stage = Stage::new().await;
    stage.plan(&[room(&json!({}))], &[]).await.is("absent", CHANGES, CREATE);
}

#[tokio::test]
async fn a_room_as_wanted_needs_nothing_and_drift_is_shown_field_by_field() {
    let stage = Stage::new().await;
    stage.vendor_has_the_room(|_| {});
    stage.plan(&[room(&json!({}))], &["--assume-owned"]).await.is("as wanted", NOTHING, IN_SYNC);

    stage.vendor_has_the_room(|room| {
        room.name = "The host's".to_owned();
        room.audio_disabled = false;
    });
    let drift = "\
Room events/weekly-sync
  room tencent/1400000000/weekly-sync (taken as this object's)
  1. update the room
       name: The host's -> Weekly sync
       audioDisabled: false -> true

";
    stage.plan(&[room(&json!({}))], &["--assume-owned"]).await.is("drift", CHANGES, drift);
}

#[tokio::test]
async fn a_room_is_its_objects_only_by_claim_or_word() {
    let stage = Stage::new().await;
    stage.vendor_has_the_room(|room| room.max_members = 20);
    let strangers = "\
Room events/weekly-sync
  room tencent/1400000000/weekly-sync (not claimed by this object)
  AlreadyExists: a room with this id was there before this object and differs in maxMembers; add Adopt to \
spec.managementPolicies to take it over, or choose another roomId
       maxMembers: 20 -> 300

";
    stage.plan(&[room(&json!({}))], &[]).await.is("no claim", ERROR, strangers);

    let claim = |by: &str| json!({ "roomkeeper.dev/claim": format!("tencent/1400000000/weekly-sync {by}") });
    let claimed = |by: &str| room(&json!({ "metadata": { "annotations": claim(by) } }));
    stage.plan(&[claimed("events/another")], &[]).await.is("another's claim", ERROR, strangers);
    let ours = "\
Room events/weekly-sync
  room tencent/1400000000/weekly-sync (claimed by this object, not seen yet)
  1. update the room
       maxMembers: 20 -> 300

";
    stage.plan(&[claimed("events/weekly-sync")], &[]).await.is("our claim", CHANGES, ours);
}

#[tokio::test]
async fn what_waits_is_shown_behind_what_is_done() {
    let stage = Stage::new().await;
    stage.vendor_has_the_room(|_| {});
    let new_owner = room(&json!({ "spec": { "tencentRoom": { "owner": "bob", "maxMembers": 50 } } }));
    let waits = "\
Room events/weekly-sync
  room tencent/1400000000/weekly-sync (taken as this object's)
  1. update the room
       maxMembers: 300 -> 50
  WaitingForOwner: bob is not in the room yet; the owner changes as soon as that user joins
       owner: alice -> bob

";
    stage.plan(&[new_owner], &["--assume-owned"]).await.is("the owner waits", CHANGES, waits);
    stage.sim.join(APP, "weekly-sync", "bob").expect("bob is an account");
    let new_owner = room(&json!({ "spec": { "tencentRoom": { "owner": "bob" } } }));
    let changes = "\
Room events/weekly-sync
  room tencent/1400000000/weekly-sync (taken as this object's)
  1. change the owner from alice to bob
       owner: alice -> bob

";
    stage.plan(&[new_owner], &["--assume-owned"]).await.is("the owner is there", CHANGES, changes);
}

#[tokio::test]
async fn a_password_is_compared_and_never_printed() {
    let stage = Stage::new().await;
    let (door, assume) = (secret("door", "code", PASSWORD), ["--assume-owned"]);
    stage.vendor_has_the_room(|room| {
        (room.password_enabled, room.password) = (true, PASSWORD.to_owned());
    });
    stage.plan(&[with_password(), door.clone()], &assume).await.is("the same", NOTHING, IN_SYNC);
    stage.vendor_has_the_room(|room| {
        (room.password_enabled, room.password) = (true, "canary-of-the-host".to_owned());
    });
    let other = "\
Room events/weekly-sync
  room tencent/1400000000/weekly-sync (taken as this object's)
  1. update the room
       password: other -> set

";
    stage.plan(&[with_password(), door], &assume).await.is("another", CHANGES, other);
}

#[tokio::test]
async fn secrets_come_from_the_environment_where_no_manifest_has_them() {
    let stage = Stage::new().await;
    stage.vendor_has_the_room(|room| {
        (room.password_enabled, room.password) = (true, PASSWORD.to_owned());
    });
    let path = stage.file("manifests.yaml", &yaml(&[stage.config(), with_password()]));
    let arguments = ["-f", path.as_str(), "--assume-owned"];
    let missing = "\
Room events/weekly-sync
  error: ProviderConfigNotReady: the Secret events/tencent does not exist; create it or correct the reference

";
    stage.run(&arguments, &[], "").await.is("no key", ERROR, missing);
    let no_door = "\
Room events/weekly-sync
  error: ProviderConfigNotReady: the Secret events/door does not exist; create it or correct the reference

";
    stage.run(&arguments, &[(KEY_VARIABLE, KEY)], "").await.is("no password", ERROR, no_door);
    let both = [(KEY_VARIABLE, KEY), ("ROOMKEEPER_SECRET_DOOR_CODE", PASSWORD)];
    stage.run(&arguments, &both, "").await.is("both", NOTHING, IN_SYNC);
}

#[tokio::test]
async fn of_two_objects_for_one_room_the_second_is_refused() {
    let stage = Stage::new().await;
    let second = json!({ "metadata": { "name": "zweite" }, "spec": { "tencentRoom": { "roomId": "weekly-sync" } } });
    let both = format!(
        "{CREATE}\
Room events/zweite
  DuplicateClaim: the room belongs to events/weekly-sync; delete one of the two objects or name another room

"
    );
    stage.plan(&[room(&json!({})), room(&second)], &[]).await.is("two objects", ERROR, &both);
}

#[tokio::test]
async fn a_folder_a_list_and_the_standard_input_are_read_alike() {
    let stage = Stage::new().await;
    let key = secret("tencent", "secretKey", KEY);
    let list = json!({ "apiVersion": "v1", "kind": "List", "items": [stage.config(), key.clone(), room(&json!({}))] });
    stage.run(&["-f", "-"], &[], &yaml(&[list])).await.is("standard input, a list", CHANGES, CREATE);

    stage.file("account.yml", &yaml(&[stage.config(), key]));
    stage.file("room.json", &room(&json!({})).to_string());
    stage.file("notes.txt", "{ not for us");
    let other = json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "of-somebody-else" } });
    stage.file("other.yaml", &yaml(&[other]));
    let folder = stage.folder.display().to_string();
    stage.run(&["-f", &folder], &[], "").await.is("a folder", CHANGES, CREATE);
}

#[tokio::test]
async fn a_look_that_fails_is_an_error_that_names_the_cause_and_the_next_object_is_planned() {
    let stage = Stage::new().await;
    let page = Fault::at("room_engine/get_room_info", Effect::Html { status: 502 }).room("weekly-sync");
    stage.sim.faults().add(page).expect("a known operation");
    let two = [room(&json!({})), room(&json!({ "metadata": { "name": "other" } }))];
    let told = "\
Room events/weekly-sync
  room tencent/1400000000/weekly-sync (not claimed by this object)
  error: ProviderUnavailable: get_room_info: the vendor did not answer (HTTP 502); the vendor's words are in \
status.lastFailure
  the vendor says: answered with a web page, check that the endpoint is the vendor's and no proxy answers instead

Room events/other
  room tencent/1400000000/other (not claimed by this object)
  1. create the room
       roomId: no room -> other

";
    stage.plan(&two, &[]).await.is("a web page", ERROR, told);
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
        let object = told.out.lines().next().unwrap_or_default();
        told.is(what, ERROR, &format!("{object}\n  error: {words}\n\n"));
    }
}

#[tokio::test]
async fn a_spec_that_the_api_server_would_refuse_is_refused_with_the_field() {
    let stage = Stage::new().await;
    let rows = [
        ("two engines", json!({ "tencentLive": { "owner": "alice" } }), "spec: set exactly one of"),
        ("102 bytes of Chinese", json!({ "tencentRoom": { "name": "周".repeat(34) } }), "spec.tencentRoom.name: "),
        ("an owner of 33 bytes", json!({ "tencentRoom": { "owner": "x".repeat(33) } }), "spec.tencentRoom.owner: "),
    ];
    for (what, spec, words) in rows {
        let told = stage.plan(&[room(&json!({ "spec": spec }))], &[]).await;
        let start = format!("Room events/weekly-sync\n  error: InvalidSpec: {words}");
        assert!(told.out.starts_with(&start), "{what}: {}", told.out);
        assert_eq!((told.code, told.err.as_str()), (Some(ERROR), ""), "{what}");
    }
    assert!(stage.sim.journal().iter().all(|entry| entry.room.is_none()), "a wrong spec was looked for");
}

#[tokio::test]
async fn files_that_cannot_be_used_are_named_with_object_and_field() {
    let stage = Stage::new().await;
    let rows = [
        ("bad YAML", "kind: Room\n  metadata: [".to_owned(), vec!["manifests.yaml: ", "line 2"]),
        (
            "an undecodable field",
            yaml(&[room(&json!({ "spec": { "tencentRoom": { "maxMembers": "many" } } }))]),
            vec!["manifests.yaml: Room weekly-sync: spec.tencentRoom.maxMembers: ", "many"],
        ),
        (
            "a misspelt field",
            yaml(&[room(&json!({ "spec": { "tencentRoom": { "maxMember": 3 } } }))]),
            vec!["manifests.yaml: Room weekly-sync: spec.tencentRoom.maxMember: there is no such field"],
        ),
        (
            "a Secret with a number",
            yaml(&[
                json!({ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "s" }, "stringData": { "k": 7 } }),
            ]),
            vec!["manifests.yaml: Secret s: stringData"],
        ),
        ("nothing of ours", yaml(&[stage.config()]), vec!["no Room or MeetingRoom was found in ", "manifests.yaml"]),
        ("an empty file", String::new(), vec!["no Room or MeetingRoom was found in ", "manifests.yaml"]),
    ];
    for (what, text, words) in rows {
        let path = stage.file("manifests.yaml", &text);
        stage.run(&["-f", &path], &[], "").await.fails(what, &words);
    }
    let absent = stage.folder.join("absent.yaml").display().to_string();
    let words = format!("{absent} cannot be read: No such file");
    stage.run(&["-f", &absent], &[], "").await.fails("a missing file", &[&words]);
    assert!(stage.sim.journal().is_empty());
}
