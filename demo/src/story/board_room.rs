//! The board room: a room of Huawei's Cloud Meeting that gets a new password and a new owner.

use super::Act::{Do, Say, Show, VendorHas};
use super::{Deeds, Step};

/// The room in the simulator's state.
const PLACE: &str = "/huaweiMeeting/fdb8e4699586458bbd10c834872dcc62/enterprises/807074304/rooms/\
ff80808167ef1edf0167f33d650c0662";

pub(super) const DEEDS: Deeds = Deeds {
    object: "board-room",
    room: "ff80808167ef1edf0167f33d650c0662",
    operations: &["update_member_vmr", "update_member_vmr", "disassociate_vmr", "associate_vmr"],
};

pub(super) const STEPS: [Step; 3] = [
    Step {
        title: "A meeting room is taken over",
        acts: &[
            Say("\
Rooms of Huawei's Cloud Meeting come with a package, and no call makes one. This one is there already, and Alice's;
the manifest in examples/huawei-meeting names it by its id at Huawei, and says how it should be."),
            Do("kubectl apply -f examples/huawei-meeting/secret.yaml -f examples/huawei-meeting/room-passwords.yaml"),
            Do(
                "sed 's|region: .*|endpoint: {rooms}|' examples/huawei-meeting/provider-config.yaml | kubectl apply -f -",
            ),
            Do("kubectl apply -f examples/huawei-meeting/room.yaml"),
            Do("kubectl wait meetingroom/board-room --for=condition=Ready --timeout=30s"),
            Show { command: "kubectl events --for meetingroom/board-room", words: "Updated" },
        ],
    },
    Step {
        title: "A password that nobody sees",
        acts: &[
            Say("The guests' password rotates. It is drawn at random, and only its Secret and the vendor know it."),
            Do("\
kubectl patch secret board-room --type=merge \
-p '{\"stringData\": {\"guest\": \"'$(shuf -i 10000000-99999999 -n 1)'\"}}'"),
            Do("\
kubectl wait meetingroom/board-room --timeout=30s \
--for=jsonpath='{.status.appliedSecrets[?(@.field==\"guestPassword\")].resourceVersion}'=\
$(kubectl get secret board-room -o jsonpath='{.metadata.resourceVersion}')"),
            Show { command: "kubectl events --for meetingroom/board-room", words: "guestPassword other" },
        ],
    },
    Step {
        title: "A meeting room changes hands",
        acts: &[
            Say("\
The room shall be Bob's. Huawei has no single call for that: the room is taken from Alice, then given to Bob.
Before, the operator makes sure that Bob is there, and that no conference runs in the room."),
            Do("sed 's|userId: alice|userId: bob|' examples/huawei-meeting/room.yaml | kubectl apply -f -"),
            Show { command: "kubectl get meetingrooms -o wide", words: "bob" },
            Show { command: "kubectl events --for meetingroom/board-room", words: "give the room to bob" },
            VendorHas { place: PLACE, fields: r#"{"name": "Board room", "owner": "acct-bob"}"# },
        ],
    },
];
