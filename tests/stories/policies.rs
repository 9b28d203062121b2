//! What the operator may do: whatever is allowed or not, the simulator counts the writes.

mod observe_only;
mod verbs;

use futures::future::join_all;
use roomkeeper_sim::Kind;
use serde_json::{Value, json};

use crate::scenes::cloud_meeting::CloudMeeting;
use crate::scenes::cloud_rtc::CloudRtc;
use crate::scenes::tencent::{Room, Show};
use crate::scenes::{Scene, create, writes};
use crate::story::{Story, merge};

/// What an object says, and what was written to its room.
type End = (&'static str, Vec<&'static str>);

/// An object with a subset of the verbs.
struct Row {
    name: String,
    verbs: Vec<&'static str>,
    /// Whether its room was there before it, with another name and another owner.
    was_there: bool,
}

impl Row {
    fn may(&self, verb: &str) -> bool {
        self.verbs.contains(&verb)
    }
}

/// What a subset of an engine's verbs permits.
trait Permitted: Scene {
    /// What follows when the object comes.
    fn comes(row: &Row) -> End;

    /// What follows when its room, if there is one, [differs](Scene::differs).
    fn after_it_differs(row: &Row) -> End;

    /// What a deletion writes.
    fn goes(row: &Row) -> Vec<&'static str>;

    /// What makes a deletion write as much as it may; it is merged over the object.
    fn spec_to_end(_row: &Row) -> Value {
        json!({})
    }

    /// Has the room as it must be for a deletion to end it.
    fn before_it_goes(story: &Story, row: &Row);
}

/// Returns an object with and without a room for each subset of the verbs.
fn rows<S: Scene>() -> impl Iterator<Item = Row> {
    let verbs = |subset: usize| {
        let is_in = move |(bit, _): &(usize, &&str)| subset & (1 << bit) != 0;
        S::VERBS.iter().enumerate().filter(is_in).map(|(_, verb)| *verb).collect()
    };
    (0..1_usize << S::VERBS.len()).flat_map(move |subset| {
        [("alone", false), ("there", true)].map(|(what, was_there)| Row {
            name: format!("{what}-{subset}"),
            verbs: verbs(subset),
            was_there,
        })
    })
}

/// Lets one object come, differ and go, and returns how often its room was written to.
async fn live_and_die<S: Permitted>(story: &Story, row: &Row) -> usize {
    let (name, mut expected) = (row.name.as_str(), Vec::new());
    let mut check = |act: &str, more: Vec<&'static str>| {
        expected.extend(more);
        assert_eq!(writes::<S>(story, name), expected, "{name} {act}, and may {:?}", row.verbs);
    };
    if row.was_there {
        S::stands(story, name);
    }
    let mut more = json!({ "spec": { "managementPolicies": row.verbs } });
    merge(&mut more, &S::spec_to_end(row));
    create::<S>(story, name, name, &more).await;
    let (reason, written) = S::comes(row);
    story.until_reason(name, reason).await;
    check("came", written);

    S::differs(story, name).await;
    let (reason, written) = S::after_it_differs(row);
    story.look_again(name).await;
    story.until_reason(name, reason).await;
    check("differed", written);

    S::before_it_goes(story, row);
    story.delete_room(name).await;
    story.until_gone(name).await;
    check("went", S::goes(row));
    expected.len()
}

async fn check<S: Permitted>(stage: &str) {
    let mut story = S::stage(stage).await;
    story.start_operator();
    let rows: Vec<Row> = rows::<S>().collect();
    let written: usize = join_all(rows.iter().map(|row| live_and_die::<S>(&story, row))).await.into_iter().sum();
    assert_eq!(count_writes(&story), written, "nothing else was written to the vendor");
}

/// Counts the calls that change something, whatever became of them. A log-in of Cloud Meeting is a POST and changes
/// nothing, so the journal has it as a look.
fn count_writes(story: &Story) -> usize {
    story.sim.journal().iter().filter(|entry| entry.kind == Kind::Write).count()
}

#[tokio::test]
async fn each_subset_of_the_verbs_does_to_a_room_only_what_it_may() {
    check::<Room>("policies-room").await;
}

#[tokio::test]
async fn each_subset_of_the_verbs_does_to_a_show_only_what_it_may() {
    check::<Show>("policies-show").await;
}

#[tokio::test]
async fn each_subset_of_the_verbs_does_to_a_room_of_cloud_rtc_only_what_it_may() {
    check::<CloudRtc>("policies-rtc").await;
}

#[tokio::test]
async fn each_subset_of_the_verbs_does_to_a_meeting_room_only_what_it_may() {
    check::<CloudMeeting>("policies-vmr").await;
}
