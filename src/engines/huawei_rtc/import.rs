//! What an object would say of a room that runs in a CloudRTC app. Pure.

use std::collections::BTreeSet;

use roomkeeper_plan::ids::RtcId;

use crate::api::HuaweiRtc;
use crate::engines::import::{Draft, Found, LeftOut, Part, Problem, object_name};

/// Drafts the objects for the rooms that run, or for those of them that are asked for.
pub(super) fn drafts(app: &RtcId, running: &BTreeSet<String>, asked: &[String]) -> Vec<Found> {
    if asked.is_empty() {
        return running.iter().map(|room| draft(app, room)).collect();
    }
    let one = |room: &String| {
        if running.contains(room) {
            return draft(app, room);
        }
        let why = format!(
            "does not run in the app {}: people make it by joining, so ask for it while they are in, or write its \
             manifest by hand",
            app.as_str()
        );
        Err(Problem { room: room.clone(), why })
    };
    asked.iter().map(one).collect()
}

fn draft(app: &RtcId, room: &str) -> Found {
    let parsed = RtcId::parse(room).map_err(|error| Problem {
        room: room.to_owned(),
        why: format!("cannot be named by an object: its id {error}"),
    })?;
    Ok(Draft {
        room: format!("{}/{}", app.as_str(), parsed.as_str()),
        object: object_name(room),
        called: None,
        part: Part::HuaweiRtc(HuaweiRtc { app_id: app.as_str().to_owned(), room_id: Some(room.to_owned()) }),
        left_out: LeftOut::default(),
        passwords: Vec::new(),
        unfit: None,
    })
}
