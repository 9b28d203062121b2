//! Vendors, a folder of manifests, and the words to run a command over them.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};

use roomkeeper_sim::{App, Kind, Options, Room as VendorRoom, Simulator, World};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::given_out;

pub const APP: u64 = 1_400_000_000;
/// Secrets of these tests begin with `canary` and must never be printed.
pub const KEY: &str = "canary-key-0b2f7c1d93";
pub const PASSWORD: &str = "canary-314159";
pub const KEY_VARIABLE: &str = "ROOMKEEPER_SECRET_TENCENT_SECRETKEY";

/// Exit codes, as `roomkeeper plan --help` tells them.
pub const NOTHING: i32 = 0;
pub const ERROR: i32 = 1;
pub const CHANGES: i32 = 2;

/// A vendor and a folder of manifests.
pub struct Stage {
    pub sim: Simulator,
    pub folder: PathBuf,
}

/// What a run said.
pub struct Told {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Stage {
    pub async fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let app = App::new(KEY, "administrator").with_accounts(["alice", "bob"]);
        let sim = Simulator::start(Options::from(World::with_app(APP, app))).await.expect("the simulator starts");
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("roomkeeper-plan-{}-{number}", std::process::id()));
        std::fs::create_dir(&folder).expect("a folder can be made");
        Stage { sim, folder }
    }

    /// Writes a file into the folder and returns its path.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.join(name);
        std::fs::write(&path, text).expect("a file can be written");
        path.display().to_string()
    }

    /// Returns the file that [`Stage::plan`] writes.
    pub fn manifests(&self) -> String {
        self.folder.join("manifests.yaml").display().to_string()
    }

    /// Returns the account's ProviderConfig.
    pub fn config(&self) -> Value {
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
    pub fn vendor_has_the_room(&self, change: impl FnOnce(&mut VendorRoom)) {
        self.vendor_has("weekly-sync", change);
    }

    /// Has the vendor keep the same room under another id.
    pub fn vendor_has(&self, id: &str, change: impl FnOnce(&mut VendorRoom)) {
        let now = self.sim.clock().now();
        self.sim.world(|world| {
            let app = world.app_mut(APP).expect("the app");
            let mut made = VendorRoom::conference(id, "alice", &app.package, now);
            (made.name, made.max_members, made.audio_disabled) = ("Weekly sync".to_owned(), 300, true);
            change(&mut made);
            app.rooms.insert(id.to_owned(), made);
        });
    }

    /// Runs `roomkeeper plan -f` with an account and its Secret beside these documents.
    pub async fn plan(&self, documents: &[Value], more: &[&str]) -> Told {
        let all: Vec<Value> = [self.config(), secret("tencent", "secretKey", KEY)].into_iter().collect();
        let path = self.file("manifests.yaml", &yaml(&[&all, documents].concat()));
        self.run(&[&["-f", &path], more].concat(), &[], "").await
    }

    /// Runs `roomkeeper plan`.
    pub async fn run(&self, arguments: &[&str], variables: &[(&str, &str)], input: &str) -> Told {
        self.command("plan", arguments, variables, input).await
    }

    /// Runs a command that only looks.
    pub async fn command(&self, name: &str, arguments: &[&str], variables: &[(&str, &str)], input: &str) -> Told {
        let before = self.kept();
        let mut child = Command::new(env!("CARGO_BIN_EXE_roomkeeper"))
            .arg(name)
            .args(["--allowed-endpoint-hosts", self.sim.url().trim_start_matches("http://")])
            .args(arguments)
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

        let mut secrets = self.sim.world(|world| given_out::by(world));
        secrets.push("canary".to_owned());
        for text in [&told.out, &told.err] {
            let printed = secrets.iter().find(|secret| text.contains(secret.as_str()));
            assert_eq!(printed, None, "a secret was printed: {text}");
        }
        let writes: Vec<String> = self
            .sim
            .journal()
            .into_iter()
            .filter(|entry| entry.kind != Kind::Read)
            .map(|entry| entry.operation)
            .collect();
        assert!(writes.is_empty(), "{name} wrote: {writes:?}");
        assert!(self.kept() == before, "{name} changed a vendor");
        let logged_in = self.sim.world(|world| world.huawei_meeting.values().any(|app| !app.tokens.is_empty()));
        assert!(!logged_in, "{name} stays logged in");
        told
    }

    /// Returns what the vendors keep but for log-ins: rooms, users, apps.
    fn kept(&self) -> impl PartialEq + use<> {
        self.sim.world(|world| {
            let rooms: Vec<_> = world.tencent.values().map(|app| app.rooms.clone()).collect();
            let apps: Vec<_> = world.huawei_rtc.values().map(|project| project.apps.clone()).collect();
            let enterprises: Vec<_> = world.huawei_meeting.values().map(|app| app.enterprises.clone()).collect();
            (rooms, apps, enterprises)
        })
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
    pub fn is(&self, what: &str, code: i32, out: &str) {
        assert_eq!(self.out, out, "{what}");
        assert_eq!((self.code, self.err.as_str()), (Some(code), ""), "{what}");
    }

    /// Checks exit code and a part of standard output, and that nothing went to standard error.
    #[track_caller]
    pub fn says(&self, what: &str, code: i32, words: &str) {
        assert!(self.out.contains(words), "{what}: {words:?} is not in {}", self.out);
        assert_eq!((self.code, self.err.as_str()), (Some(code), ""), "{what}: {}", self.out);
    }

    /// Checks that the run failed before it looked at anything, with these words.
    #[track_caller]
    pub fn fails(&self, what: &str, words: &[&str]) {
        assert_eq!((self.code, self.out.as_str()), (Some(ERROR), ""), "{what}: {}", self.err);
        assert!(self.err.starts_with("error: "), "{what}: {}", self.err);
        for words in words {
            assert!(self.err.contains(words), "{what}: {words:?} is not in {}", self.err);
        }
    }
}

/// Runs git in a folder as somebody with a name, and returns what it prints.
#[track_caller]
pub fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut command = std::process::Command::new("git");
    command.arg("-C").arg(folder).args(["-c", "user.name=t", "-c", "user.email=t@example.org"]).args(arguments);
    let output = command.output().expect("git runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("it is UTF-8").trim().to_owned()
}

/// JSON is YAML too.
pub fn yaml(documents: &[Value]) -> String {
    documents.iter().map(|document| format!("---\n{document}\n")).collect()
}

pub fn secret(name: &str, key: &str, value: &str) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": { "name": name, "namespace": "events" },
        "stringData": { key: value },
    })
}

/// Returns a room of alice, changed by a merge patch.
pub fn room(patch: &Value) -> Value {
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

pub fn with_password() -> Value {
    room(&json!({ "spec": { "tencentRoom": { "password": { "secretKeyRef": { "name": "door", "key": "code" } } } } }))
}

/// Returns a whole text: what it says of the objects, and its last lines.
pub fn text(objects: &str, summary: &str) -> String {
    format!("{objects}\nPlan: {summary}.\nDeletions are not shown: name what was there before with --base.\n")
}

/// What a golden text says of an object that nothing is to be done about.
pub const IN_SYNC: &str = "\
= Room events/weekly-sync
    room tencent/1400000000/weekly-sync (taken for this object's, as --assume-owned says)
    InSync: the vendor shows what the spec asks for

Plan: 1 with nothing to do.
Deletions are not shown: name what was there before with --base.
";

pub const CREATE: &str = "\
+ Room events/weekly-sync
    room tencent/1400000000/weekly-sync (not claimed by this object)
    1. create the room
       roomId: no room -> weekly-sync

Plan: 1 to create.
Deletions are not shown: name what was there before with --base.
";
