//! What is printed for people: width, colour, tables, and bars for long work.
//!
//! Print by `anstream`: it drops colour where `NO_COLOR` asks for it and where nobody looks at a terminal.

use std::time::Duration;

use anstyle::{AnsiColor, Style};
use comfy_table::{ContentArrangement, Table, presets};
use indicatif::{ProgressBar, ProgressStyle};

/// The width, in columns, where no terminal says how wide it is: a log of CI, a file, a pipe.
const ELSEWHERE: u16 = 120;

/// The longest label with a value beside it, in bytes: both are ours.
const LABEL: usize = 24;

/// A space at which no line is broken.
const NO_BREAK: &str = "\u{a0}";

/// Headings.
pub(super) const BOLD: Style = Style::new().bold();
/// What is well, or is added.
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
/// What changes, or wants attention.
pub(super) const WARN: Style = AnsiColor::Yellow.on_default();
/// What is wrong, or cannot be undone.
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
/// What matters less.
pub(super) const DIM: Style = Style::new().dimmed();

/// Puts a text into a style.
pub(super) fn paint(style: Style, text: impl std::fmt::Display) -> String {
    format!("{style}{text}{style:#}")
}

/// Returns a text of somebody else's in a form that moves no cursor and starts no line.
pub(super) fn plain(text: &str) -> String {
    let is_hostile = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if is_hostile(c) { c.escape_default().to_string() } else { c.to_string() }).collect()
}

/// Returns the columns of the terminal that standard output is, or of a page elsewhere.
pub(super) fn width() -> u16 {
    terminal_size::terminal_size_of(std::io::stdout()).map_or(ELSEWHERE, |(width, _)| width.0)
}

/// Prints a text for people. At a terminal, lines that are too long for it are broken between words, below where they
/// began; commands are not, so that they can be copied.
pub(super) fn print(text: &str) {
    match terminal_size::terminal_size_of(std::io::stdout()) {
        Some((width, _)) => text.lines().for_each(|line| anstream::println!("{}", broken(line, width.0))),
        None => anstream::print!("{text}"),
    }
}

fn broken(line: &str, width: u16) -> String {
    if anstream::adapter::strip_str(line).to_string().trim_start().starts_with("kubectl ") {
        return line.to_owned();
    }
    let below = " ".repeat(hang(line));
    let options = textwrap::Options::new(usize::from(width))
        .subsequent_indent(&below)
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit);
    textwrap::fill(line, options)
}

/// Returns the column in which a broken line goes on: below its value, if it is a label with one, else below its text.
fn hang(line: &str) -> usize {
    let plain = anstream::adapter::strip_str(line).to_string();
    let indent = plain.len() - plain.trim_start().len();
    let gap = plain.get(..LABEL.min(plain.len())).and_then(|label| label.trim_end().rfind("  "));
    gap.filter(|gap| *gap >= indent).map_or(indent + 2, |gap| gap + 2)
}

/// Makes a table without lines, as kubectl's are, that stands `indent` columns from the left, and whose cells wrap at the
/// width of the terminal.
pub(super) fn table<const N: usize>(header: [&str; N], indent: u16) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width().saturating_sub(indent));
    table.set_header(header);
    for column in table.column_iter_mut() {
        column.set_padding((0, 3));
    }
    table
}

/// Shows how far long work is, on standard error, and only if that is a terminal.
pub(super) fn progress(what: &'static str, steps: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix} {bar:24} {pos}/{len} {wide_msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(u64::try_from(steps).unwrap_or(u64::MAX)).with_style(style).with_prefix(what);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// Returns the columns of the terminal that standard error is; absent: it is none, so a line can be as long as it likes.
pub(super) fn width_of_errors() -> Option<u16> {
    terminal_size::terminal_size_of(std::io::stderr()).map(|(width, _)| width.0)
}

/// Returns a text with a painted tag in front of it, broken between words to this width. What is in backticks stays in
/// one line, so that it can be copied.
pub(super) fn tagged(style: Style, tag: &str, text: &str, width: Option<u16>) -> String {
    let together = text.split('`').enumerate().map(|(number, part)| match number % 2 {
        0 => part.to_owned(),
        _ => format!("`{}`", part.replace(' ', NO_BREAK)),
    });
    let indent = " ".repeat(tag.len() + 2);
    let options = textwrap::Options::new(width.map_or(usize::MAX, usize::from).saturating_sub(indent.len()))
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit);
    let lines = textwrap::wrap(&together.collect::<String>(), options).join(&format!("\n{indent}"));
    format!("{style}{tag}:{style:#} {}\n", lines.replace(NO_BREAK, " "))
}
