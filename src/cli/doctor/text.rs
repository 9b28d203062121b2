//! The checks as people read them, and as programs do.

use std::fmt::Write as _;

use anstyle::Style;
use serde::Serialize;

use super::check::{Check, Outcome, Row};
use crate::cli::terminal::{self, BAD, BOLD, DIM, GOOD, WARN, paint};

/// The width of the longest outcome.
const WIDTH: usize = 9;
/// Where what follows an outcome begins, in columns.
const INDENT: usize = WIDTH + 4;

/// All that doctor found, for programs.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    /// The version of this program.
    roomkeeper: &'static str,
    /// How many checks had each outcome.
    summary: Summary,
    /// The checks, group by group.
    checks: &'a [Check],
}

/// How many checks had each outcome.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    ok: usize,
    warning: usize,
    failed: usize,
    not_known: usize,
}

/// Returns the checks as JSON.
///
/// # Errors
/// Never for checks, which are texts.
pub(in crate::cli) fn json(checks: &[Check]) -> serde_json::Result<String> {
    let of = |outcome| number(checks, outcome);
    let summary = Summary {
        ok: of(Outcome::Ok),
        warning: of(Outcome::Warning),
        failed: of(Outcome::Failed),
        not_known: of(Outcome::NotKnown),
    };
    serde_json::to_string_pretty(&Document { roomkeeper: env!("CARGO_PKG_VERSION"), summary, checks })
}

/// Returns the checks as text in colour, group by group; print it by `anstream`, which takes the colour out where nobody
/// wants it.
pub(in crate::cli) fn text(checks: &[Check]) -> String {
    let mut text = String::new();
    let mut group = None;
    for check in checks {
        if group != Some(check.group) {
            let gap = if group.is_some() { "\n" } else { "" };
            line(&mut text, &format!("{gap}{}", paint(BOLD, check.group.words())));
            group = Some(check.group);
        }
        let outcome = paint(style(check.outcome), format!("{:WIDTH$}", check.outcome.words()));
        line(&mut text, &format!("  {outcome}  {}: {}", check.name, indented(&check.found)));
        if !check.rows.is_empty() {
            line(&mut text, &format!("{:1$}{2}", "", INDENT, indented(&table(&check.rows))));
        }
        if let Some(next) = &check.next {
            line(&mut text, &format!("  {:WIDTH$}  {} {}", "", paint(DIM, "next:"), indented(next)));
        }
    }
    let counted = Outcome::ALL.into_iter().map(|outcome| (number(checks, outcome), outcome.words()));
    let counted = counted.filter(|(number, _)| *number > 0).map(|(number, words)| format!("{number} {words}"));
    line(&mut text, &format!("\n{}", counted.collect::<Vec<_>>().join(", ")));
    text
}

/// Tells whether something keeps the operator from its work.
pub(super) fn is_failed(checks: &[Check]) -> bool {
    number(checks, Outcome::Failed) > 0
}

fn number(checks: &[Check], outcome: Outcome) -> usize {
    checks.iter().filter(|check| check.outcome == outcome).count()
}

fn style(outcome: Outcome) -> Style {
    match outcome {
        Outcome::Ok => GOOD,
        Outcome::Warning => WARN,
        Outcome::Failed => BAD,
        Outcome::NotKnown => DIM,
    }
}

/// Puts further lines below the first.
fn indented(text: &str) -> String {
    text.replace('\n', &format!("\n{:INDENT$}", ""))
}

fn table(rows: &[Row]) -> String {
    let mut table = terminal::table(["REASON", "OBJECTS", "WHICH"], INDENT as u16);
    for row in rows {
        table.add_row([row.reason.clone(), row.objects.to_string(), row.which.clone()]);
    }
    table.trim_fmt()
}

fn line(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("a String takes every write");
}
