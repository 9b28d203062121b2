//! Codes that a page of the vendor lists with HTTP status and text: the gateway's and CloudRTC's have this in common.
//! Which codes there are is each service's business.

use http::StatusCode;

use crate::refusal::Refusal;

/// A code with its name, HTTP status and text.
pub type Row<C> = (C, &'static str, u16, &'static str);

/// A code of a list that the vendor publishes.
pub trait Listed: Copy + PartialEq + 'static {
    /// Every code of the list.
    const ROWS: &'static [Row<Self>];

    /// Returns the code's text, such as `RTC.00001003`.
    fn name(self) -> &'static str {
        row(self).1
    }

    /// Returns the HTTP status that the code usually comes with.
    fn status(self) -> u16 {
        row(self).2
    }

    /// Returns the refusal with this code, and the status and text that belong to it.
    fn refusal(self) -> Refusal {
        Refusal::of(self.name())
    }

    /// A refusal that says what was wrong, or which part of the request it is about: the code's text, a colon, the
    /// matter.
    fn about(self, what: &str) -> Refusal {
        self.refusal().saying(&format!("{}: {what}", row(self).3))
    }
}

fn row<C: Listed>(code: C) -> Row<C> {
    C::ROWS.iter().copied().find(|(own, ..)| *own == code).unwrap_or((code, "", 500, ""))
}

/// Returns the HTTP status and the text that a refusal is said with: its own, or those of its code in the list.
/// A code that the list does not have comes with status 400.
pub(super) fn said<C: Listed>(refusal: &Refusal) -> (StatusCode, &str) {
    let known = C::ROWS.iter().find(|(_, name, ..)| refusal.code == *name);
    let usual = known.and_then(|(_, _, status, _)| StatusCode::from_u16(*status).ok());
    let text = refusal.info.as_deref().or(known.map(|(.., text)| *text)).unwrap_or("refused");
    (refusal.http_status().or(usual).unwrap_or(StatusCode::BAD_REQUEST), text)
}
