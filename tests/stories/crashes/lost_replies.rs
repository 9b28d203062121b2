//! Every call of a pass is broken in every way while the operator lives: it looks again before it repeats anything.

use futures::future::join_all;
use roomkeeper_sim::{Delivery, Effect, Entry};

use super::tencent::Engine::{Live, Room};
use super::tencent::{Act, CHANGE_OWNER, CREATE, DESTROY, LOOK, SET_METADATA, UPDATE};
use super::{Call, Row, cloud_meeting, cloud_rtc, stage_with_operator, those_begun};

const MEMBERS: &str = "get_room_member_list";
const METADATA: &str = "get_room_metadata";

/// Breaks each of these calls in each way, on a room of its own, and leaves the rest to the operator.
///
/// Lists name no room, so a fault cannot meet those of one row only: `looks` has none.
async fn check_lost<A: super::Act>(name: &str, act: A, writes: &[&'static str], looks: &[Call]) {
    let story = stage_with_operator::<A>(name).await;
    let ways = [Effect::ApplyThenDrop, Effect::DropBefore, Effect::HalfBody];
    let writes = writes.iter().flat_map(|write| ways.clone().map(|lost| (Call::First(write), lost)));
    let looks = looks.iter().flat_map(|look| [(*look, Effect::DropBefore), (*look, Effect::HalfBody)]);
    let rows: Vec<Row<A>> = writes
        .chain(looks)
        .map(|(call, lost)| {
            let turn = ["first", "second", "third"][call.turn() - 1];
            let call_name = call.name().replace('_', "-");
            Row::new(&format!("{}-at-{turn}-{call_name}", lost.name().to_lowercase()), act, call, lost)
        })
        .collect();
    join_all(rows.iter().map(|row| act.prepare(&story, &row.name))).await;
    join_all(rows.iter().map(async |row| {
        row.begin(&story).await;
        story.until_journal("a reply to be lost", |entries| lost_replies(entries, row) > 0).await;
        act.meanwhile(&story, &row.name).await;
    }))
    .await;
    act.go_on(&story, &those_begun(&story, rows.iter()).await).await;
    join_all(rows.iter().map(|row| act.ends_well(&story, &row.name))).await;
    for row in &rows {
        assert_eq!(lost_replies(&story.sim.journal(), row), 1, "{} lost another number of replies", row.name);
    }
}

fn lost_replies<A: super::Act>(entries: &[Entry], row: &Row<A>) -> usize {
    let place = row.act.place(&row.name);
    let cut = entries.iter().filter(|entry| entry.delivery == Delivery::CutOff);
    cut.filter(|entry| entry.room.as_ref() == Some(&place)).count()
}

#[tokio::test]
async fn a_lost_reply_does_not_make_two_rooms() {
    check_lost("lost-making", Act::Create(Room), &[CREATE], &[Call::First(LOOK), Call::Second(LOOK)]).await;
}

#[tokio::test]
async fn a_lost_reply_does_not_make_two_shows_nor_set_one_up_twice() {
    let looks = [Call::First(LOOK), Call::Second(LOOK), Call::First(METADATA), Call::Third(LOOK)];
    check_lost("lost-making-live", Act::Create(Live), &[CREATE, UPDATE, SET_METADATA], &looks).await;
}

#[tokio::test]
async fn a_lost_reply_does_not_edit_twice() {
    check_lost("lost-editing", Act::Edit(Room), &[UPDATE], &[Call::First(LOOK), Call::Second(LOOK)]).await;
}

#[tokio::test]
async fn a_lost_reply_does_not_edit_a_show_twice() {
    let looks = [Call::First(LOOK), Call::First(METADATA), Call::Second(LOOK)];
    check_lost("lost-editing-live", Act::Edit(Live), &[UPDATE, SET_METADATA], &looks).await;
}

#[tokio::test]
async fn a_lost_reply_does_not_hand_over_twice() {
    let looks = [Call::First(LOOK), Call::First(MEMBERS), Call::Second(LOOK)];
    check_lost("lost-handing-over", Act::HandOver(Room), &[CHANGE_OWNER], &looks).await;
}

#[tokio::test]
async fn a_lost_reply_does_not_hand_a_show_over_twice() {
    let looks = [Call::First(LOOK), Call::Second(LOOK)];
    check_lost("lost-handing-over-live", Act::HandOver(Live), &[CHANGE_OWNER], &looks).await;
}

#[tokio::test]
async fn a_lost_reply_does_not_end_a_room_twice_nor_keep_its_object() {
    let looks = [Call::First(LOOK), Call::First(MEMBERS), Call::Second(LOOK)];
    check_lost("lost-ending", Act::Delete(Room), &[DESTROY], &looks).await;
}

#[tokio::test]
async fn a_lost_reply_does_not_end_a_show_twice_nor_keep_its_object() {
    let looks = [Call::First(LOOK), Call::Second(LOOK)];
    check_lost("lost-ending-live", Act::Delete(Live), &[DESTROY], &looks).await;
}

#[tokio::test]
async fn a_lost_reply_does_not_dismiss_twice() {
    check_lost("lost-dismissing", cloud_rtc::Act::Delete, &[cloud_rtc::DISMISS], &[]).await;
}

#[tokio::test]
async fn a_lost_reply_does_not_dismiss_twice_what_a_person_asked_for_once() {
    check_lost("lost-asked", cloud_rtc::Act::Ask, &[cloud_rtc::DISMISS], &[]).await;
}

#[tokio::test]
async fn a_lost_reply_does_not_edit_a_meeting_room_twice() {
    check_lost("lost-editing-vmr", cloud_meeting::Act::Edit, &[cloud_meeting::UPDATE], &[]).await;
}

#[tokio::test]
async fn a_lost_reply_does_not_move_a_meeting_room_twice_nor_leave_it_to_nobody() {
    let calls = [cloud_meeting::RECYCLE, cloud_meeting::ASSIGN];
    check_lost("lost-handing-over-vmr", cloud_meeting::Act::HandOver, &calls, &[]).await;
}

#[tokio::test]
async fn a_lost_reply_does_not_keep_a_room_from_its_old_owner_if_the_new_one_is_refused() {
    check_lost("lost-refused-vmr", cloud_meeting::Act::HandOverInVain, &[cloud_meeting::ASSIGN], &[]).await;
}

#[tokio::test]
async fn a_lost_reply_does_not_recycle_a_meeting_room_twice_nor_keep_its_object() {
    check_lost("lost-recycling-vmr", cloud_meeting::Act::Recycle, &[cloud_meeting::RECYCLE], &[]).await;
}
