//! Escape sequences for colour, in one form: terminals of several versions write the same looks differently.

use std::collections::BTreeSet;

/// How text looks: the numbers of its sequence, such as 1 for bold and 31 for red.
type Look = BTreeSet<u8>;

/// Returns the lines with a sequence only where the look changes, and none that goes on in the next line.
pub(super) fn tidy(painted: &str) -> String {
    let (mut wanted, mut text) = (Look::new(), String::new());
    for line in painted.lines() {
        let mut shown = Look::new();
        let mut parts = line.split("\u{1b}[");
        show(parts.next().unwrap_or_default(), &wanted, &mut shown, &mut text);
        for part in parts {
            let (sequence, rest) = part.split_once('m').unwrap_or_else(|| panic!("not about colour: {part:?}"));
            sequence.split(';').for_each(|number| change(&mut wanted, number.parse().unwrap_or_default()));
            show(rest, &wanted, &mut shown, &mut text);
        }
        let plain = Look::new();
        show("\n", &plain, &mut shown, &mut text);
    }
    text
}

fn show(part: &str, wanted: &Look, shown: &mut Look, text: &mut String) {
    if part.is_empty() {
        return;
    }
    if shown != wanted {
        let reset = (!shown.is_subset(wanted)).then_some(0);
        let numbers: Vec<String> = reset.iter().chain(wanted).map(ToString::to_string).collect();
        *text += &format!("\u{1b}[{}m", numbers.join(";"));
        shown.clone_from(wanted);
    }
    *text += part;
}

/// What one number does to a look; colours of more than one number are none of ours.
fn change(look: &mut Look, number: u8) {
    match number {
        0 => look.clear(),
        1..10 => drop(look.insert(number)),
        22 => look.retain(|kept| !matches!(kept, 1 | 2)),
        23..30 => drop(look.remove(&(number - 20))),
        30..40 | 90..98 => {
            look.retain(|kept| !matches!(kept, 30..40 | 90..98));
            look.extend((number != 39).then_some(number));
        }
        40..50 | 100..108 => {
            look.retain(|kept| !matches!(kept, 40..50 | 100..108));
            look.extend((number != 49).then_some(number));
        }
        other => panic!("a look that nobody uses: {other}"),
    }
}
