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
    spec.category.as_deref().map(category).transpose().map_err(|why| PART.refuse("category", why))?;
    let template = spec.seat_template.as_ref();
    template.map(|word| seat_template(word)).transpose().map_err(|why| PART.refuse("seatTemplate", why))?;
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

/// Checks how many numbers there are.
pub(super) fn category(numbers: &[i64]) -> Result<(), String> {
    match numbers.len() {
        ..=limits::CATEGORIES => Ok(()),
        many => Err(format!("has {many} numbers, at most {} are taken", limits::CATEGORIES)),
    }
}

/// Checks the word for an arrangement of seats.
pub(super) fn seat_template(word: &str) -> Result<(), &'static str> {
    let is_word = !word.is_empty() && word.chars().all(|letter| letter.is_ascii_alphanumeric());
    if is_word && word.len() <= limits::SEAT_TEMPLATE_BYTES {
        return Ok(());
    }
    Err("must be one word of letters and digits, such as AudioSalon")
}
