//! The Friday show: a live show of Tencent's Live Engine that changes hands.

use super::Act::{Do, Say, Show, VendorHas};
use super::{Deeds, Step};

pub(super) const DEEDS: Deeds = Deeds {
    object: "friday-show",
    room: "friday-show",
    operations: &["create_room", "update_room_info", "set_room_metadata", "change_room_owner"],
};

pub(super) const STEPS: [Step; 1] = [Step {
    title: "A show changes hands",
    acts: &[
        Say("The same account has live shows too, rooms of Tencent's Live Engine. This one is Alice's."),
        Do("kubectl apply -f examples/tencent-live/room.yaml"),
        Do("kubectl wait room/friday-show --for=condition=Ready --timeout=30s"),
        Say("\
In Git the show is given to Bob: one line of the file is edited, and applied as a GitOps tool would apply it.
The owner of a show need not be in it, so nobody is waited for."),
        Do("sed 's|owner: alice|owner: bob|' examples/tencent-live/room.yaml | kubectl apply -f -"),
        Show { command: "kubectl get rooms -o wide", words: "bob" },
        Show { command: "kubectl events --for room/friday-show", words: "OwnerChanged" },
        VendorHas { place: "/tencent/1400000000/rooms/friday-show", fields: r#"{"owner": "bob"}"# },
    ],
}];
