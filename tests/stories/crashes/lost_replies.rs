//! Every call of a pass is broken in every way while the operator lives: it looks again before it repeats anything.

use futures::future::join_all;
use roomkeeper_sim::{Delivery, Effect};

use super::{Act, CHANGE_OWNER, CREATE, Call, DESTROY, LOOK, Row, UPDATE, stage};

const MEMBERS: &str = "room_engine/get_room_member_list";

/// Breaks each of these calls in each way, on a room of its own, and leaves the rest to the operator.
async fn check_lost(name: &str, act: Act, write: &'static str, looks: &[Call]) {
    let story = stage(name).await;
    let write = [Effect::ApplyThenDrop, Effect::DropBefore, Effect::HalfBody].map(|lost| (Call::First(write), lost));
    let looks = looks.iter().flat_map(|look| [(*look, Effect::DropBefore), (*look, Effect::HalfBody)]);
    let rows: Vec<Row> = write
        .into_iter()
        .chain(looks)
        .map(|(call, lost)| {
            let (Call::First(operation) | Call::Second(operation)) = call;
            let turn = if matches!(call, Call::First(_)) { "first" } else { "second" };
            let operation = operation.trim_start_matches("room_engine/").replace('_', "-");
            Row::new(&format!("{}-at-{turn}-{operation}", lost.name().to_lowercase()), act, call, lost)
        })
        .collect();
    join_all(rows.iter().map(|row| act.prepare(&story, &row.name))).await;
    join_all(rows.iter().map(async |row| {
        row.begin(&story).await;
        act.ends_well(&story, &row.name).await;
        let journal = story.sim.journal();
        let cut = journal.iter().filter(|entry| entry.delivery == Delivery::CutOff);
        let cut = cut.filter(|entry| entry.room.as_ref() == Some(&row.name));
        assert_eq!(cut.count(), 1, "{} lost another number of replies", row.name);
    }))
    .await;
}

#[tokio::test]
async fn a_lost_reply_does_not_make_two_rooms() {
    check_lost("lost-making", Act::Create, CREATE, &[Call::First(LOOK), Call::Second(LOOK)]).await;
}

#[tokio::test]
async fn a_lost_reply_does_not_edit_twice() {
    check_lost("lost-editing", Act::Edit, UPDATE, &[Call::First(LOOK), Call::Second(LOOK)]).await;
}

#[tokio::test]
async fn a_lost_reply_does_not_hand_over_twice() {
    let looks = [Call::First(LOOK), Call::First(MEMBERS), Call::Second(LOOK)];
    check_lost("lost-handing-over", Act::HandOver, CHANGE_OWNER, &looks).await;
}

#[tokio::test]
async fn a_lost_reply_does_not_end_a_room_twice_nor_keep_its_object() {
    let looks = [Call::First(LOOK), Call::First(MEMBERS), Call::Second(LOOK)];
    check_lost("lost-ending", Act::Delete, DESTROY, &looks).await;
}
