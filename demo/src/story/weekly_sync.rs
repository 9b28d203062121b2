//! The weekly sync: a room of Tencent's Room Engine, from its making to its end.

use super::Act::{Do, Enters, HostChanges, Leaves, Say, Show, VendorHas};
use super::{Act, Deeds, Step};

/// The room on the simulator's control port, and in its state.
pub(super) const PLACE: &str = "/tencent/1400000000/rooms/weekly-sync";
const BOBS_PLACE: &str = "/tencent/1400000000/rooms/weekly-sync/members/bob";

pub(super) const DEEDS: Deeds = Deeds {
    object: "weekly-sync",
    room: "weekly-sync",
    operations: &[
        "create_room",
        "update_room_info",
        "update_room_info",
        "change_room_owner",
        "update_room_info",
        "destroy_room",
    ],
};

const WAIT_UNTIL_READY: Act = Do("kubectl wait room/weekly-sync --for=condition=Ready --timeout=30s");

pub(super) const STEPS: [Step; 6] = [
    Step {
        title: "A room becomes Ready",
        acts: &[
            Say(
                "The manifests are those in examples/tencent-room: a namespace, the account's key, the room's password.",
            ),
            Do("\
kubectl apply -f examples/tencent-room/namespace.yaml -f examples/tencent-room/secret.yaml \
-f examples/tencent-room/room-password.yaml"),
            Do("kubectl config set-context --current --namespace=events"),
            Say("\
In the ProviderConfig one line is replaced: where the example has `region: Singapore`, the vendor, stands the simulator."),
            Do("\
sed 's|region: .*|endpoint: {rooms}|' examples/tencent-room/provider-config.yaml | kubectl apply -f -"),
            Say("Now the room. The vendor does not have it yet, so the operator makes it."),
            Do("kubectl apply -f examples/tencent-room/room.yaml"),
            WAIT_UNTIL_READY,
            Show { command: "kubectl get rooms", words: "InSync" },
            Say("And at the vendor, by the simulator's control port; the demo shows only what matters:"),
            VendorHas { place: PLACE, fields: r#"{"name": "Weekly sync", "owner": "alice", "maxMembers": 300}"# },
        ],
    },
    Step {
        title: "An edit is applied",
        acts: &[
            Say("\
Fewer people may enter. The second part takes out the example's own interval of 10 minutes, so that from here on
the operator looks every 2 seconds."),
            Do("\
kubectl patch room weekly-sync --type=merge \
-p '{\"spec\": {\"tencentRoom\": {\"maxMembers\": 50}, \"driftCheckInterval\": null}}'"),
            WAIT_UNTIL_READY,
            Show { command: "kubectl events --for room/weekly-sync", words: "maxMembers" },
            VendorHas { place: PLACE, fields: r#"{"maxMembers": 50}"# },
        ],
    },
    Step {
        title: "Drift is corrected",
        acts: &[
            Say("Someone renames the room at the vendor, behind the operator's back."),
            HostChanges { place: PLACE, to: r#"{"name": "Party"}"# },
            Say("The next look sees it, and the operator puts it right. Nobody did anything in Kubernetes."),
            VendorHas { place: PLACE, fields: r#"{"name": "Weekly sync"}"# },
            Show { command: "kubectl events --for room/weekly-sync", words: "Party" },
        ],
    },
    Step {
        title: "A new owner",
        acts: &[
            Say("\
The room shall be Bob's. The vendor takes only an owner who is in the room, so the operator waits for him."),
            Do(r#"kubectl patch room weekly-sync --type=merge -p '{"spec": {"tencentRoom": {"owner": "bob"}}}'"#),
            Show { command: "kubectl get rooms", words: "WaitingForOwner" },
            Show { command: "kubectl get room weekly-sync -o jsonpath='{.status.drift}{\"\\n\"}'", words: "owner" },
            Say("Bob enters."),
            Enters(BOBS_PLACE),
            WAIT_UNTIL_READY,
            Show { command: "kubectl get rooms -o wide", words: "bob" },
            VendorHas { place: PLACE, fields: r#"{"owner": "bob"}"# },
        ],
    },
    Step {
        title: "A password rotates",
        acts: &[
            Say(
                "The password is in a Secret. The status tells which version of it was applied, and never the password.",
            ),
            Show { command: APPLIED_SECRETS, words: "resourceVersion" },
            Do(r#"kubectl patch secret weekly-sync --type=merge -p '{"stringData": {"password": "271828"}}'"#),
            Say("Only the Secret was changed. The room has followed when the status names the Secret's new version:"),
            Do("\
kubectl wait room/weekly-sync --timeout=30s --for=jsonpath='{.status.appliedSecrets[0].resourceVersion}'=\
$(kubectl get secret weekly-sync -o jsonpath='{.metadata.resourceVersion}')"),
            Show { command: APPLIED_SECRETS, words: "resourceVersion" },
            VendorHas { place: PLACE, fields: r#"{"password": "271828"}"# },
        ],
    },
    Step {
        title: "A deletion waits for people",
        acts: &[
            Say("Bob is still in the room when its object is deleted. He is not thrown out: the operator waits."),
            Do("kubectl delete room weekly-sync --wait=false"),
            Show { command: "kubectl get rooms", words: "DismissalWaiting" },
            Show { command: "kubectl events --for room/weekly-sync", words: "DismissalWaiting" },
            VendorHas { place: PLACE, fields: r#"{"members": ["bob"]}"# },
            Say("Bob leaves. The operator ends the room and lets the object go."),
            Leaves(BOBS_PLACE),
            Do("kubectl wait room/weekly-sync --for=delete --timeout=30s"),
            Show { command: "kubectl get rooms", words: "No resources found" },
            VendorHas { place: PLACE, fields: "null" },
        ],
    },
];

const APPLIED_SECRETS: &str = r#"kubectl get room weekly-sync -o jsonpath='{.status.appliedSecrets}{"\n"}'"#;
