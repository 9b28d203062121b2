//! Parses `spec.tencentLive`, once, with the limits that the CRD has too: what the API server refuses, this refuses.
//!
//! Pure; every error names the field and what to do.

use roomkeeper_plan::ids::Text;
use roomkeeper_plan::limits;
use roomkeeper_plan::tencent_live::{Desired, Identity, Metadata};

use crate::api::tencent_live::TencentLive as Spec;
use crate::engines::Invalid;
use crate::engines::tencent::{Part, take_seat_mode, when_ended};

const PART: Part = Part("tencentLive");

/// Parses what tells the room from others.
pub(super) fn identity(room: &str, spec: &Spec) -> Result<Identity, Invalid> {
    PART.identity(room, spec.owner.as_ref(), spec.name.as_ref())
}

/// Parses the settings.
pub(super) fn desired(identity: Identity, spec: &Spec) -> Result<Desired, Invalid> {
    if let Some(category) = spec.category.as_ref().filter(|category| category.len() > limits::CATEGORIES) {
        let why = format!("has {} numbers, at most {} are taken", category.len(), limits::CATEGORIES);
        return Err(PART.refuse("category", why));
    }
    let template = spec.seat_template.as_ref();
    let is_word = |text: &str| !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphanumeric());
    if template.is_some_and(|text| !is_word(text) || text.len() > limits::SEAT_TEMPLATE_BYTES) {
        return Err(PART.refuse("seatTemplate", "must be one word of letters and digits, such as AudioSalon"));
    }
    let metadata = spec.metadata.as_ref().map(Metadata::parse).transpose();
    Ok(Desired {
        identity,
        max_members: PART.at_least_one("maxMembers", spec.max_members)?,
        message_disabled: spec.message_disabled,
        cover_url: PART.optional("coverUrl", spec.cover_url.as_ref(), Text::parse)?,
        category: spec.category.clone(),
        activity_status: spec.activity_status,
        public_visible: spec.public_visible,
        take_seat_mode: spec.take_seat_mode.map(take_seat_mode),
        notice: PART.optional("notice", spec.notice.as_ref(), Text::parse)?,
        metadata: metadata.map_err(|error| PART.refuse("metadata", error))?,
        seat_template: template.cloned(),
        max_seats: PART.at_least_one("maxSeats", spec.max_seats)?,
        when_ended: when_ended(spec.when_ended()),
    })
}
