//! The API server dies while passes are under way: what cannot be written down is not done, and what was done is not
//! done again.

use futures::future::join_all;
use roomkeeper_sim::Effect::HoldAfter;

use super::tencent::Engine::Room;
use super::tencent::{Act, CREATE, DESTROY, LOOK, UPDATE, loosen_the_brake, scene};
use super::{Act as _, Call, Row};
use crate::story::Story;
use crate::support::Process;

#[tokio::test]
async fn an_outage_of_the_api_server_repeats_nothing_and_makes_nothing_unclaimed() {
    let mut story = Story::prepare_alone("outage").await;
    loosen_the_brake(&story).await;
    story.start_operator();
    let rows = [
        Row::new("unclaimed", Act::Create(Room), Call::First(LOOK), HoldAfter),
        Row::new("made", Act::Create(Room), Call::First(CREATE), HoldAfter),
        Row::new("edited", Act::Edit(Room), Call::First(UPDATE), HoldAfter),
        Row::new("ended", Act::Delete(Room), Call::First(DESTROY), HoldAfter),
    ];
    join_all(rows.iter().map(|row| row.act.prepare(&story, &row.name))).await;
    join_all(rows.iter().map(async |row| {
        let fault = row.begin(&story).await;
        story.until_held(fault).await;
    }))
    .await;
    assert_eq!(scene(&story, "unclaimed").await, "unclaimed, Pending, no room");

    story.plane.kill(Process::KubeApiserver).await.expect("it is our own");
    story.sim.faults().clear();
    let look = Act::Create(Room).operation(LOOK);
    let looks = |entries: &[roomkeeper_sim::Entry], name: &str| {
        entries.iter().filter(|entry| entry.calls(&look) && entry.room.as_deref() == Some(name)).count()
    };
    // The pass that was under way, and another one after it: none of them could write to Kubernetes.
    story
        .until_journal("passes during the outage", |entries| {
            looks(entries, "unclaimed") >= 2 && looks(entries, "made") >= 3 && looks(entries, "edited") >= 5
        })
        .await;
    assert!(story.sim.writes_of("unclaimed").is_empty(), "it was made although nobody wrote down whose it is");
    for row in &rows[1..] {
        assert_eq!(story.deeds(&row.name), row.act.deeds(), "{}, during the outage", row.name);
    }

    story.plane.restart(Process::KubeApiserver).await.expect("it comes up again");
    join_all(rows.iter().map(|row| row.act.ends_well(&story, &row.name))).await;
}
