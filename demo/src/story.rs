//! What the demo tells, from the first sentence to the last. How an act is done is in `stage.rs`.

/// The room of the story: an object, and an id at the vendor.
pub(crate) const ROOM: &str = "weekly-sync";
/// The same room on the simulator's control port.
pub(crate) const ROOM_PATH: &str = "/tencent/1400000000/rooms/weekly-sync";

/// Someone with an account at the vendor.
pub(crate) struct Person(pub(crate) &'static str);

const BOB: Person = Person("bob");

/// One thing that happens.
pub(crate) enum Act {
    /// Tells the reader something.
    Say(&'static str),
    /// Writes a `ProviderConfig` that names the simulator.
    PointToSimulator,
    /// Starts the operator as a process of its own.
    StartOperator,
    /// Runs a command, once.
    Do(&'static str),
    /// Runs a command that only looks, again and again until it shows these words.
    Show { command: &'static str, words: &'static str },
    /// Changes the room behind the operator's back.
    HostChanges(&'static str),
    /// Lets someone enter the room.
    Enters(Person),
    /// Lets someone leave the room.
    Leaves(Person),
    /// Looks at the room where it lives, until it has these fields, or is `null`; written as JSON.
    VendorHas(&'static str),
}

use Act::{Do, Enters, HostChanges, Leaves, PointToSimulator, Say, Show, StartOperator, VendorHas};

/// A chapter.
pub(crate) struct Step {
    pub(crate) title: &'static str,
    pub(crate) acts: &'static [Act],
}

pub(crate) const INTRODUCTION: &str = "\
Roomkeeper keeps rooms at video vendors as Git says they should be. Watch it keep one.

Everything is real but the vendor: a Kubernetes API server runs on this machine, just for this demo.
Lines that begin with $ are commands as you could type them, and below them is what they printed.
kubectl is the one that was built with the control plane. curl is not needed: the demo sends those requests itself.
";

/// What the vendor must have been asked to change by then, in this order.
pub(crate) const CHANGES: [&str; 6] =
    ["create_room", "update_room_info", "update_room_info", "change_room_owner", "update_room_info", "destroy_room"];

pub(crate) const NEXT: &str = "\
To look around by yourself, `make demo KEEP=1` leaves it all running. README.md tells how to install it for real.";

const WAIT_UNTIL_READY: Act = Do("kubectl wait room/weekly-sync --for=condition=Ready --timeout=30s");

pub(crate) const STEPS: [Step; 7] = [
    Step {
        title: "Install Roomkeeper",
        acts: &[
            Say("First the kinds: Room, ProviderConfig and ClusterProviderConfig."),
            Do("kubectl version"),
            Do("kubectl apply -f crds/"),
            Do("kubectl wait crd --all --for=condition=Established --timeout=30s"),
            Say(
                "\
Then the operator. Here it is a process; in a real cluster it is a Deployment.
It may call the simulator besides the vendors' own hosts, and it looks at rooms every 2 seconds, not every 10 minutes.",
            ),
            StartOperator,
        ],
    },
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
Only the ProviderConfig is another one: it has `endpoint`, the simulator, where the example has `region: Singapore`."),
            PointToSimulator,
            Do("cat {demo}/provider-config.yaml"),
            Do("kubectl apply -f {demo}/provider-config.yaml"),
            Say("Now the room. The vendor does not have it yet, so the operator makes it."),
            Do("kubectl apply -f examples/tencent-room/room.yaml"),
            WAIT_UNTIL_READY,
            Show { command: "kubectl get rooms", words: "InSync" },
            Say("And at the vendor, by the simulator's control port; the demo shows only what matters:"),
            VendorHas(r#"{"name": "Weekly sync", "owner": "alice", "maxMembers": 300}"#),
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
            VendorHas(r#"{"maxMembers": 50}"#),
        ],
    },
    Step {
        title: "Drift is corrected",
        acts: &[
            Say("Someone renames the room at the vendor, behind the operator's back."),
            HostChanges(r#"{"name": "Party"}"#),
            Say("The next look sees it, and the operator puts it right. Nobody did anything in Kubernetes."),
            VendorHas(r#"{"name": "Weekly sync"}"#),
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
            Enters(BOB),
            WAIT_UNTIL_READY,
            Show { command: "kubectl get rooms -o wide", words: "bob" },
            VendorHas(r#"{"owner": "bob"}"#),
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
            VendorHas(r#"{"password": "271828"}"#),
        ],
    },
    Step {
        title: "A deletion waits for people",
        acts: &[
            Say("Bob is still in the room when its object is deleted. He is not thrown out: the operator waits."),
            Do("kubectl delete room weekly-sync --wait=false"),
            Show { command: "kubectl get rooms", words: "DismissalWaiting" },
            Show { command: "kubectl events --for room/weekly-sync", words: "DismissalWaiting" },
            VendorHas(r#"{"members": ["bob"]}"#),
            Say("Bob leaves. The operator ends the room and lets the object go."),
            Leaves(BOB),
            Do("kubectl wait room/weekly-sync --for=delete --timeout=30s"),
            Show { command: "kubectl get rooms", words: "No resources found" },
            VendorHas("null"),
        ],
    },
];

const APPLIED_SECRETS: &str = r#"kubectl get room weekly-sync -o jsonpath='{.status.appliedSecrets}{"\n"}'"#;

/// What `make demo KEEP=1` does after the end.
pub(crate) const ONCE_MORE: Step = Step {
    title: "Once more",
    acts: &[
        Say("The room is made once more, so that there is something to see; again it is looked at every 2 seconds."),
        Do("kubectl apply -f examples/tencent-room/room.yaml"),
        Do(r#"kubectl patch room weekly-sync --type=merge -p '{"spec": {"driftCheckInterval": null}}'"#),
        WAIT_UNTIL_READY,
    ],
};
