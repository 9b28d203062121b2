//! A plan for people at a terminal.

use std::fmt::Write as _;

use anstyle::Style;

use crate::cli::terminal::{BAD, BOLD, DIM, GOOD, WARN, paint, plain};
use crate::key::Kind;
use crate::preview::{Basis, Change, Difference, Entry, Outcome, Ownership, Preview, Summary};

/// Returns the plan as text, with colour that the printer drops where nobody wants it.
pub(super) fn of(preview: &Preview) -> String {
    let mut text = String::new();
    if let Some(warning) = warning(preview) {
        line(&mut text, "", paint(BAD, warning));
        text.push('\n');
    }
    for entry in &preview.objects {
        object(&mut text, entry);
        text.push('\n');
    }
    line(&mut text, "", paint(BOLD, summary(&preview.summary)));
    if !preview.base_known {
        let note = "Deletions are not shown: name what was there before with --base.";
        line(&mut text, "", paint(DIM, note));
    }
    if !preview.looked {
        line(&mut text, "", paint(DIM, "No vendor was asked (--offline), so what would be done there is not shown."));
    }
    text
}

/// Says first what nobody can take back; absent: nothing.
pub(super) fn warning(preview: &Preview) -> Option<String> {
    let ended = |kind: Kind| {
        let ended = preview.objects.iter().filter(|entry| entry.cannot_be_undone() && entry.kind == kind.as_str());
        ended.count()
    };
    let told = |number: usize, one: &str, what: &str| match number {
        0 => None,
        1 => Some(format!("1 {one} would be {what}")),
        more => Some(format!("{more} {one}s would be {what}")),
    };
    let parts = [
        told(ended(Kind::Room), "room", "dismissed, with whoever is inside"),
        told(ended(Kind::MeetingRoom), "meeting room", "taken from the owner"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("{}. This cannot be undone.", parts.join("; ")))
}

/// Returns one line about all objects.
pub(super) fn summary(summary: &Summary) -> String {
    let parts = [
        (summary.dismiss, "to dismiss"),
        (summary.create, "to create"),
        (summary.update, "to update"),
        (summary.change_owner, "to give to another owner"),
        (summary.errors, "with an error"),
        (summary.nothing, "with nothing to do"),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!("{number} {what}")).collect();
    if parts.is_empty() { "Plan: there are no rooms.".to_owned() } else { format!("Plan: {}.", parts.join(", ")) }
}

/// Returns how an object came out, in one sign.
pub(super) fn sign(entry: &Entry) -> char {
    match (entry.outcome, entry.change) {
        (Outcome::Error, _) => '!',
        (_, Change::Removed) => '-',
        (Outcome::Changes, _) if entry.steps.iter().any(|step| step.verb == "Create") => '+',
        (Outcome::Changes, _) => '~',
        (Outcome::Nothing, _) => '=',
    }
}

fn style(sign: char) -> Style {
    match sign {
        '!' | '-' => BAD,
        '+' => GOOD,
        '~' => WARN,
        _ => DIM,
    }
}

fn object(text: &mut String, entry: &Entry) {
    let sign = sign(entry);
    let what = if entry.change == Change::Removed { "(removed)" } else { "" };
    line(text, "", format!("{} {}", paint(style(sign), format!("{sign} {}", title(entry))), what).trim_end());
    if let Some(place) = place(entry) {
        line(text, "    ", place);
    }
    for finding in &entry.findings {
        line(text, "    ", format!("{}: {}", plain(&finding.field), plain(&finding.why)));
    }
    if entry.takes_over {
        line(text, "    ", "would be taken over: it becomes this object's");
    }
    for (number, step) in entry.steps.iter().enumerate() {
        let mark = if step.cannot_be_undone { paint(BAD, "  cannot be undone") } else { String::new() };
        line(text, "    ", format!("{}. {}{mark}", number + 1, plain(&step.call)));
        differences(text, &step.because);
    }
    if let Some(left) = left(entry) {
        line(text, "    ", left);
        differences(text, &entry.left);
    }
    if let Some(words) = &entry.vendor {
        line(text, "    ", format!("the vendor says: {}", plain(words)));
    }
    if entry.outcome == Outcome::Error && !entry.file.is_empty() {
        line(text, "    ", paint(DIM, format!("in {}", entry.file)));
    }
}

/// Returns the name of an object.
pub(super) fn title(entry: &Entry) -> String {
    let name = if entry.name.is_empty() { "without a name" } else { &entry.name };
    match entry.namespace.as_str() {
        "" => format!("{} {name}", entry.kind),
        namespace => format!("{} {namespace}/{name}", entry.kind),
    }
}

/// Says which room it is, whose it is taken to be, and where that is known from.
pub(super) fn place(entry: &Entry) -> Option<String> {
    let (room, ownership) = (entry.room.as_ref()?, entry.ownership?);
    let because = match entry.basis {
        Some(Basis::WasThere) => ": it was there before",
        Some(Basis::HandedOver) => ": another object hands it over",
        Some(Basis::Told) => ", as --assume-owned says",
        Some(Basis::Recorded) | None => "",
    };
    let whose = match ownership {
        Ownership::Own if because.is_empty() => "this object's, by its records",
        Ownership::Own => "taken for this object's",
        Ownership::Claimed => "claimed by this object, not seen yet",
        Ownership::Unclaimed => "not claimed by this object",
        Ownership::OtherAccount => "claimed in another account",
    };
    Some(format!("room {room} ({whose}{because})"))
}

/// Says what no step takes care of; absent: nothing.
pub(super) fn left(entry: &Entry) -> Option<String> {
    let message = entry.message.as_ref()?;
    Some(match &entry.reason {
        Some(reason) => format!("{reason}: {}", plain(message)),
        None => plain(message),
    })
}

fn differences(text: &mut String, differences: &[Difference]) {
    for Difference { field, seen, wanted } in differences {
        line(text, "       ", format!("{field}: {} -> {}", plain(seen), plain(wanted)));
    }
}

fn line(text: &mut String, indent: &str, line: impl std::fmt::Display) {
    writeln!(text, "{indent}{line}").expect("a String takes every write");
}
