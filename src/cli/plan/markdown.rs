//! A plan as the comment of a pull request: the Markdown of GitHub and GitLab.

use std::fmt::Write as _;

use super::text::{left, place, sign, summary, title, warning};
use crate::cli::terminal::plain;
use crate::preview::{Change, Difference, Entry, Outcome, Preview};

/// What a job finds its own comment again by.
const MARK: &str = "<!-- roomkeeper plan -->";

/// GitHub takes 65,536 characters in a comment; what is over it is left out, from the end.
const LONGEST: usize = 60_000;

/// Returns the plan as Markdown.
pub(super) fn of(preview: &Preview) -> String {
    let mut text = format!("{MARK}\n### Roomkeeper\n\n");
    if let Some(warning) = warning(preview) {
        line(&mut text, format!("> [!CAUTION]\n> **{warning}**\n"));
    }
    line(&mut text, format!("{}\n", summary(&preview.summary)));
    let mut left_out = 0;
    for entry in &preview.objects {
        let object = object(entry);
        if left_out > 0 || text.len() + object.len() > LONGEST {
            left_out += 1;
        } else {
            text.push_str(&object);
        }
    }
    if left_out > 0 {
        line(&mut text, format!("{left_out} more objects did not fit in here; `roomkeeper plan` prints them all.\n"));
    }
    if !preview.base_known {
        line(&mut text, "Deletions are not shown: name what was there before with `--base`.");
    }
    if !preview.looked {
        line(&mut text, "No vendor was asked (`--offline`), so what would be done there is not shown.");
    }
    text
}

/// Those that need a look are open, those with nothing to do are a line each.
fn object(entry: &Entry) -> String {
    let mut text = String::new();
    let what = match (sign(entry), entry.outcome) {
        ('!', _) => "error",
        ('-', Outcome::Changes) => "removed, and the room with it",
        ('-', _) => "removed, and the room stays",
        ('+', _) => "new room",
        ('~', _) => "change",
        (_, _) => "nothing to do",
    };
    let open = if entry.outcome == Outcome::Nothing && entry.change != Change::Removed { "" } else { " open" };
    line(
        &mut text,
        format!("<details{open}><summary>{} <b>{}</b>: {what}</summary>\n", sign(entry), escape(&title(entry))),
    );
    if let Some(place) = place(entry) {
        line(&mut text, format!("{}\n", code(&place)));
    }
    for finding in &entry.findings {
        line(&mut text, format!("- {}: {}", code(&finding.field), escape(&finding.why)));
    }
    if entry.takes_over {
        line(&mut text, "- would be taken over: it becomes this object's");
    }
    for (number, step) in entry.steps.iter().enumerate() {
        let mark = if step.cannot_be_undone { " **cannot be undone**" } else { "" };
        line(&mut text, format!("{}. {}{mark}\n", number + 1, escape(&step.call)));
        table(&mut text, &step.because);
    }
    if let Some(left) = left(entry) {
        line(&mut text, format!("- {}\n", escape(&left)));
        table(&mut text, &entry.left);
    }
    if let Some(words) = &entry.vendor {
        line(&mut text, format!("- the vendor says: {}\n", code(words)));
    }
    if entry.outcome == Outcome::Error {
        line(&mut text, format!("\nin {}\n", code(&entry.file)));
    }
    line(&mut text, "</details>\n");
    text
}

fn table(text: &mut String, differences: &[Difference]) {
    if differences.is_empty() {
        return;
    }
    line(text, "| field | at the vendor | wanted |\n|---|---|---|");
    for Difference { field, seen, wanted } in differences {
        line(text, format!("| {} | {} | {} |", code(field), code(seen), code(wanted)));
    }
    text.push('\n');
}

/// A text of somebody else's: no markup of it counts, and nobody is called by an @.
fn code(text: &str) -> String {
    format!("<code>{}</code>", escape(text))
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in plain(text).chars() {
        match c {
            '&' | '<' | '>' | '|' | '*' | '_' | '`' | '[' | ']' | '@' | '#' | '~' | '\\' | '!' | ':' => {
                write!(escaped, "&#{};", u32::from(c)).expect("a String takes every write");
            }
            c => escaped.push(c),
        }
    }
    escaped
}

fn line(text: &mut String, line: impl std::fmt::Display) {
    writeln!(text, "{line}").expect("a String takes every write");
}
