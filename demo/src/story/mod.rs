//! What the demo tells, from the first sentence to the last: here its frame, beside it the rooms, a file each.
//! How an act is done is in `stage.rs`.

mod board_room;
mod friday_show;
mod study_group;
mod weekly_sync;

/// One thing that happens.
pub(crate) enum Act {
    /// Tells the reader something.
    Say(&'static str),
    /// Starts the operator as a process of its own.
    StartOperator,
    /// Runs a command, once. `{rooms}` stands for the URL of the simulator's room services.
    Do(&'static str),
    /// Runs a command that only looks, again and again until it shows these words.
    Show { command: &'static str, words: &'static str },
    /// Lets someone enter a room; the place is a path of the control port, as in the next three.
    Enters(&'static str),
    /// Lets someone leave a room.
    Leaves(&'static str),
    /// Changes a room behind the operator's back.
    HostChanges { place: &'static str, to: &'static str },
    /// Moves the vendors' time ahead, by so many seconds.
    TimePasses(u32),
    /// Looks into the simulator's state at this JSON pointer, until these fields are there, or `null`; written as JSON.
    VendorHas { place: &'static str, fields: &'static str },
}

use Act::{Do, Say, StartOperator};

/// A chapter.
pub(crate) struct Step {
    pub(crate) title: &'static str,
    pub(crate) acts: &'static [Act],
}

/// What the vendor must have been asked to change in a room by the end.
pub(crate) struct Deeds {
    /// The name of the object.
    pub(crate) object: &'static str,
    /// The room, as the simulator's journal names it.
    pub(crate) room: &'static str,
    /// In their order, as the journal names them but for the service.
    pub(crate) operations: &'static [&'static str],
}

pub(crate) const INTRODUCTION: &str = "\
Roomkeeper keeps rooms at video vendors as Git says they should be. Watch it keep four of them:
a room and a live show at Tencent RTC, a room of Huawei's CloudRTC, and one of Huawei's Cloud Meeting.

Everything is real but the vendors: a Kubernetes API server runs on this machine, just for this demo.
Lines that begin with $ are commands as you could type them, and below them is what they printed.
kubectl is the one that was built with the control plane. curl is not needed: the demo sends those requests itself.
";

pub(crate) const NEXT: &str = "\
To look around by yourself, `make demo KEEP=1` leaves it all running. README.md tells how to install it for real.";

/// Where a host can change the room that a kept demo ends with.
pub(crate) const PLACE_TO_PLAY: &str = weekly_sync::PLACE;

const INSTALL: Step = Step {
    title: "Install Roomkeeper",
    acts: &[
        Say("First the kinds: Room and MeetingRoom, and the accounts, ProviderConfig and ClusterProviderConfig."),
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
};

/// Returns all chapters in their order.
pub(crate) fn steps() -> impl Iterator<Item = &'static Step> {
    [&[INSTALL][..], &weekly_sync::STEPS, &friday_show::STEPS, &study_group::STEPS, &board_room::STEPS]
        .into_iter()
        .flatten()
}

pub(crate) const DEEDS: [Deeds; 4] = [weekly_sync::DEEDS, friday_show::DEEDS, study_group::DEEDS, board_room::DEEDS];

/// What `make demo KEEP=1` does after the end.
pub(crate) const ONCE_MORE: Step = Step {
    title: "Once more",
    acts: &[
        Say("\
The two objects that were deleted are made once more, so that there is one of each engine to see. They are looked at
every 2 seconds again, the study group less often: CloudRTC's quota is small."),
        Do("kubectl apply -f examples/tencent-room/room.yaml -f examples/huawei-rtc/room.yaml"),
        Do(r#"kubectl patch room weekly-sync --type=merge -p '{"spec": {"driftCheckInterval": null}}'"#),
        Do("kubectl wait rooms --all --for=condition=Ready --timeout=30s"),
    ],
};

#[cfg(test)]
mod tests {
    #[test]
    fn the_examples_name_the_vendor_in_the_one_line_that_the_story_replaces() {
        let examples = [
            include_str!("../../../examples/tencent-room/provider-config.yaml"),
            include_str!("../../../examples/huawei-rtc/provider-config.yaml"),
            include_str!("../../../examples/huawei-meeting/provider-config.yaml"),
        ];
        for example in examples {
            assert_eq!(example.matches("region: ").count(), 1, "{example}");
        }
    }
}
