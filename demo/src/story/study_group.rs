//! The study group: a room of Huawei's CloudRTC that is dismissed with people in it.

use super::Act::{Do, Enters, Say, Show, TimePasses, VendorHas};
use super::{Deeds, Step};

const ALICES_PLACE: &str = "/huaweiRtc/0123456789abcdef0123456789abcdef/apps/5ff9701f2346968bb306cb43/rooms/study-group\
/users/alice";
const CAROLS_PLACE: &str = "/huaweiRtc/0123456789abcdef0123456789abcdef/apps/5ff9701f2346968bb306cb43/rooms/study-group\
/users/carol";
/// In the simulator's state: the first who entered the second room of this name.
const CAROLS_RETURN: &str =
    "/huaweiRtc/0123456789abcdef0123456789abcdef/apps/5ff9701f2346968bb306cb43/rooms/1/visits/0";

pub(super) const DEEDS: Deeds =
    Deeds { object: "study-group", room: "5ff9701f2346968bb306cb43/study-group", operations: &["dismiss_room"] };

pub(super) const STEPS: [Step; 1] = [Step {
    title: "A dismissal removes people once",
    acts: &[
        Say("Another vendor, Huawei. A room of its CloudRTC is made by those who join it: Alice and Carol."),
        Enters(ALICES_PLACE),
        Enters(CAROLS_PLACE),
        Say("\
What Huawei shows of its rooms is up to five minutes late. Here it is two minutes late, and the simulator's clock is
moved ahead, so that you need not wait."),
        TimePasses(120),
        Say("\
The manifests are those in examples/huawei-rtc, but for two lines: the simulator again, and `whenOccupied: Dismiss`.
When this object is deleted, people are not waited for."),
        Do("kubectl apply -f examples/huawei-rtc/secret.yaml"),
        Do("sed 's|region: .*|endpoint: {rooms}|' examples/huawei-rtc/provider-config.yaml | kubectl apply -f -"),
        Do("sed 's|whenOccupied: .*|whenOccupied: Dismiss|' examples/huawei-rtc/room.yaml | kubectl apply -f -"),
        Do("kubectl wait room/study-group --for=condition=Ready --timeout=30s"),
        Show {
            command: "kubectl get room study-group -o jsonpath='{.status.observed}{\"\\n\"}'",
            words: "\"running\":true",
        },
        Say("The object is deleted. Huawei accepts the dismissal, and cannot show yet what became of it."),
        Do("kubectl delete room study-group --wait=false"),
        Show { command: "kubectl events --for room/study-group", words: "Dismissing" },
        Show { command: "kubectl get room study-group", words: "Dismissing" },
        Say("Half a minute later Carol joins again, which makes a new room with the same id. Alice is not in it."),
        TimePasses(30),
        Enters(CAROLS_PLACE),
        Say("\
After two more minutes the operator sees a room that runs, and that it began after the dismissal. Carol stays."),
        TimePasses(120),
        Do("kubectl wait room/study-group --for=delete --timeout=30s"),
        Show { command: "kubectl events --for room/study-group", words: "Released" },
        VendorHas { place: CAROLS_RETURN, fields: r#"{"user": "carol", "left": null}"# },
    ],
}];
