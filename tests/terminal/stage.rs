//! What the scenes are about: a vendor with rooms, a folder with manifests, and the program under its own name.

use std::path::PathBuf;

use crate::support::ControlPlane;
use k8s_openapi::jiff::{SignedDuration, Timestamp};
use roomkeeper_sim::{App, Options, Room, Simulator, World};
use serde_json::json;

const APP: u64 = 1_400_000_000;
const KEY: &str = "canary-key-0b2f7c1d93";

/// The vendor and the folder, which goes with this value.
pub(crate) struct Stage {
    pub(crate) sim: Simulator,
    pub(crate) folder: PathBuf,
}

impl Stage {
    /// Has rooms at the vendor: of those that `rooms/` wants one is as it should be, one differs, and one is missing.
    pub(crate) async fn new() -> Self {
        let app = App::new(KEY, "administrator").with_accounts(["alice", "bob"]);
        let sim = Simulator::start(Options::from(World::with_app(APP, app))).await.expect("the simulator starts");
        let now = sim.clock().now();
        sim.world(|world| {
            let app = world.app_mut(APP).expect("the app");
            for (id, name, members) in [("weekly-sync", "Weekly sync", 300), ("all-hands", "All hands", 100)] {
                let mut room = Room::conference(id, "alice", &app.package, now);
                (room.name, room.max_members) = (name.to_owned(), members);
                app.rooms.insert(id.to_owned(), room);
            }
        });
        let place = tempfile();
        let stage = Stage { sim, folder: place };
        stage.furnish();
        stage
    }

    fn furnish(&self) {
        let account = account(&self.sim.url());
        for folder in ["bin", "rooms", "in-sync"] {
            std::fs::create_dir(self.folder.join(folder)).expect("a folder can be made");
        }
        for folder in ["rooms", "in-sync"] {
            self.write(&format!("{folder}/account.yaml"), &account);
            self.write(&format!("{folder}/weekly-sync.yaml"), &room("weekly-sync", "Weekly sync", 300));
        }
        self.write("rooms/all-hands.yaml", &room("all-hands", "All hands", 250));
        self.write("rooms/retro.yaml", &room("retro", "Retro", 20));
        self.write("account.yaml", &account);
        let refused = room("retro", &"x".repeat(101), 20).replace("maxMembers", "maxMember");
        self.write(
            "refused.yaml",
            &format!("{account}---\n{}---\n{refused}", room("weekly-sync", &"周".repeat(34), 300)),
        );
        self.write("broken.yaml", "apiVersion: roomkeeper.dev/v1alpha1\nkind: Room\n  metadata: [\n");
        self.write("other.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: of-somebody-else\n");
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_roomkeeper"), self.folder.join("bin/roomkeeper"))
            .expect("a link can be made");
    }

    /// Brings the way to a cluster into the folder, of an administrator and of somebody without rights, and kubectl.
    pub(crate) fn enter(&self, plane: &ControlPlane) {
        let admin = std::fs::read_to_string(plane.kubeconfig()).expect("a kubeconfig can be read");
        self.write("admin.yaml", &admin);
        self.write("nobody.yaml", &admin);
        std::os::unix::fs::symlink(plane.kubectl(), self.folder.join("bin/kubectl")).expect("a link can be made");
        let kubectl = |arguments: &[&str]| {
            let output = plane.kubectl_command().args(arguments).output().expect("kubectl runs");
            assert!(output.status.success(), "{output:?}");
            String::from_utf8(output.stdout).expect("kubectl prints UTF-8").trim().to_owned()
        };
        kubectl(&["create", "serviceaccount", "nobody"]);
        let token = format!("--token={}", kubectl(&["create", "token", "nobody"]));
        let nobody = format!("--kubeconfig={}", self.folder.join("nobody.yaml").display());
        kubectl(&[&nobody, "config", "set-credentials", "nobody", &token]);
        kubectl(&[&nobody, "config", "set-context", "--current", "--user=nobody"]);
    }

    /// Brings the objects of `rooms/` into the cluster, which has the kinds by now, and what an operator said of one.
    pub(crate) fn fill(&self, plane: &ControlPlane) {
        let rooms = self.folder.join("rooms").display().to_string();
        let kubectl = |arguments: &[&str]| {
            let output = plane.kubectl_command().args(arguments).output().expect("kubectl runs");
            assert!(output.status.success(), "{output:?}");
        };
        kubectl(&["create", "namespace", "events"]);
        kubectl(&["apply", "-f", &rooms]);
        let since = Timestamp::now() - SignedDuration::from_hours(84);
        let condition = |type_: &str, status: &str| {
            json!({
                "type": type_, "status": status, "reason": "DriftNotCorrected", "observedGeneration": 1,
                "lastTransitionTime": since.to_string().split('.').next().map(|time| format!("{}Z", time.trim_end_matches('Z'))),
                "message": "the vendor shows another maxMembers, and Update is not in spec.managementPolicies",
            })
        };
        let status = json!({ "status": {
            "observedGeneration": 1,
            "externalId": "tencent/1400000000/all-hands",
            "conditions": [condition("Ready", "False"), condition("Stalled", "True"), condition("Drifted", "True")],
            "drift": [{ "field": "maxMembers", "desired": "250", "observed": "100", "since": since.to_string() }],
        }});
        kubectl(&[
            "-n",
            "events",
            "patch",
            "room",
            "all-hands",
            "--subresource=status",
            "--type=merge",
            "-p",
            &status.to_string(),
        ]);
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.join(name), text).expect("a file can be written");
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

fn account(url: &str) -> String {
    format!(
        "\
apiVersion: roomkeeper.dev/v1alpha1
kind: ProviderConfig
metadata: {{ name: tencent, namespace: events }}
spec:
  tencent:
    sdkAppId: {APP}
    endpoint: {url}
    identifier: administrator
    secretKeyRef: {{ name: tencent, key: secretKey }}
---
apiVersion: v1
kind: Secret
metadata: {{ name: tencent, namespace: events }}
stringData: {{ secretKey: {KEY} }}
"
    )
}

fn room(id: &str, name: &str, members: u32) -> String {
    format!(
        "\
apiVersion: roomkeeper.dev/v1alpha1
kind: Room
metadata: {{ name: {id}, namespace: events }}
spec:
  providerConfigRef: {{ name: tencent }}
  tencentRoom: {{ owner: alice, name: {name}, maxMembers: {members} }}
"
    )
}

/// Makes a folder with a short path: a terminal's socket has room for about a hundred characters.
fn tempfile() -> PathBuf {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("roomkeeper-terminal-{}-{number}", std::process::id()));
    std::fs::create_dir(&folder).expect("a folder can be made");
    folder
}
