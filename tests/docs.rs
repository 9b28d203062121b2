//! The documentation keeps up with the code: every reason has its entry, every event its row, and every link to a file
//! leads somewhere.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use roomkeeper::events::Occasion;
use roomkeeper_plan::reason::{Advice, CREDENTIALS_ACCEPTED, CREDENTIALS_ACCEPTED_ADVICE, Mark, Reason, Status};
use roomkeeper_providers::hint::Service;

/// An entry of docs/conditions.md: its heading, and the first lines below it: the conditions, the meaning, the remedy.
#[derive(Debug, PartialEq)]
struct Entry {
    heading: String,
    first_lines: Vec<String>,
}

impl Entry {
    fn new(heading: impl ToString, conditions: &str, advice: Advice) -> Self {
        let first_lines = [conditions, advice.meaning, advice.remedy].map(str::to_owned).to_vec();
        Entry { heading: heading.to_string(), first_lines }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the lines that are text and not an example.
fn text(page: &str) -> Vec<&str> {
    let mut in_example = false;
    let is_text = |line: &&str| {
        let is_fence = line.trim_start().starts_with("```");
        in_example ^= is_fence;
        !in_example && !is_fence
    };
    page.lines().filter(is_text).collect()
}

/// Returns the entries under the headings whose titles begin with `Reasons`.
fn entries(page: &str) -> Vec<Entry> {
    let mut is_about_reasons = false;
    let mut entries: Vec<Entry> = Vec::new();
    for line in text(page).into_iter().filter(|line| !line.is_empty()) {
        if let Some(title) = line.strip_prefix("## ") {
            is_about_reasons = title.starts_with("Reasons");
        } else if let (Some(heading), true) = (line.strip_prefix("### "), is_about_reasons) {
            entries.push(Entry { heading: heading.to_owned(), first_lines: Vec::new() });
        } else if let (Some(entry), true) = (entries.last_mut(), is_about_reasons)
            && entry.first_lines.len() < 3
        {
            entry.first_lines.push(line.to_owned());
        }
    }
    entries
}

/// Returns what stands beside a reason, as the page writes it.
fn conditions(reason: Reason) -> String {
    let ready = match reason.ready() {
        Status::True => "`Ready=True`",
        Status::False => "`Ready=False`",
        Status::Unknown => "`Ready=Unknown`",
    };
    let mark = match reason.mark() {
        Mark::Plain => "",
        Mark::Reconciling => ", `Reconciling=True`",
        Mark::Stalled => ", `Stalled=True`",
    };
    format!("{ready}{mark}")
}

#[test]
fn every_reason_has_one_entry_with_its_conditions_and_the_codes_own_advice_in_the_order_of_the_enum() {
    let entry = |reason: &Reason| Entry::new(reason, &conditions(*reason), reason.advice());
    let mut expected: Vec<Entry> = Reason::ALL.iter().map(entry).collect();
    expected.push(Entry::new(CREDENTIALS_ACCEPTED, "`Ready=True`", CREDENTIALS_ACCEPTED_ADVICE));
    let written = entries(&read(&root().join("docs/conditions.md")));
    for (written, expected) in written.iter().zip(&expected) {
        assert_eq!(written, expected, "docs/conditions.md goes another way than `Reason::ALL`");
    }
    assert_eq!(written.len(), expected.len(), "docs/conditions.md has too few entries, or too many at the end");
}

/// Returns the rows of the first table under a heading, each as its cells, without the head.
fn table(page: &str, title: &str) -> Vec<Vec<String>> {
    let below = text(page).into_iter().skip_while(|line| *line != format!("## {title}"));
    let rows = below.skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    let cells = |row: &str| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    rows.skip(2).map(cells).collect()
}

#[test]
fn every_event_has_one_row_that_says_when_it_comes_in_the_order_of_the_enum() {
    let rows = table(&read(&root().join("docs/conditions.md")), "Events");
    let mut expected: Vec<String> = Occasion::OWN.iter().map(|occasion| format!("`{occasion}`")).collect();
    expected.push("a reason of `Ready`, as above".to_owned());
    let written: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(written, expected, "docs/conditions.md goes another way than `Occasion::OWN`");
    for row in &rows {
        assert!(matches!(row.as_slice(), [_, weight, when] if !weight.is_empty() && when.len() > 10), "{row:?}");
    }
}

#[test]
fn each_page_about_a_vendor_has_the_codes_that_the_program_explains() {
    for service in Service::ALL {
        let rows = table(&read(&root().join(service.page())), "When something is wrong");
        let written = |code: &&str| if code.contains(['.', '…']) { format!("`{code}`") } else { (*code).to_owned() };
        let expected: Vec<Vec<String>> = service
            .hints()
            .iter()
            .map(|hint| {
                let codes: Vec<String> = hint.codes.iter().map(written).collect();
                vec![codes.join(", "), hint.means.to_owned(), hint.remedy.to_owned()]
            })
            .collect();
        for (written, expected) in rows.iter().zip(&expected) {
            assert_eq!(written, expected, "{} is not what its hints say", service.page());
        }
        assert_eq!(rows.len(), expected.len(), "{} has too few rows, or too many at the end", service.page());
    }
}

#[test]
fn links_to_files_and_to_their_headings_lead_somewhere() {
    let pages = pages(root());
    assert!(pages.iter().any(|page| page.ends_with("docs/conditions.md")), "the walk misses pages: {pages:?}");
    let mut followed = 0;
    let mut broken = Vec::new();
    for page in &pages {
        for link in links(&read(page)) {
            followed += 1;
            if let Some(why) = fault(page, &link) {
                broken.push(format!("{}: ({link}) {why}", page.strip_prefix(root()).unwrap_or(page).display()));
            }
        }
    }
    assert!(followed > 10, "the test has gone blind: {followed} links");
    assert!(broken.is_empty(), "broken links:\n{}", broken.join("\n"));
}

/// Returns every page of the repository.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.expect("a folder can be read to its end").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        // Built things and hidden folders are nobody's documentation.
        if name.starts_with('.') || name == "target" || name == "node_modules" {
            continue;
        }
        if path.is_dir() {
            found.extend(self::pages(&path));
        } else if name.ends_with(".md") {
            found.push(path);
        }
    }
    found
}

/// Returns the links of a page that are about files and headings of this repository.
fn links(page: &str) -> Vec<String> {
    let mut links = Vec::new();
    for line in text(page) {
        let targets = line.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
        links.extend(targets.map(|(target, _)| target.to_owned()));
    }
    let elsewhere = |link: &String| link.contains("://") || link.starts_with("mailto:");
    links.retain(|link| !elsewhere(link));
    links
}

/// Says what is wrong with a link; absent: nothing.
fn fault(page: &Path, link: &str) -> Option<String> {
    let (file, heading) = link.split_once('#').unwrap_or((link, ""));
    let target = match file {
        "" => page.to_owned(),
        file => page.parent().unwrap_or(root()).join(file),
    };
    if !target.exists() {
        return Some("names no file".to_owned());
    }
    if heading.is_empty() {
        return None;
    }
    (!anchors(&read(&target)).contains(heading)).then(|| "names no heading of that page".to_owned())
}

/// Returns the headings of a page as links name them.
fn anchors(page: &str) -> BTreeSet<String> {
    let headings = text(page).into_iter().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            let kept = title.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'));
            kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect()
        })
        .collect()
}

#[test]
fn a_broken_link_is_found() {
    let page = root().join("docs/conditions.md");
    let rows = [
        ("providers/tencent.md", true),
        ("providers/tencent.md#limits", true),
        ("#insync", true),
        ("../crds", true),
        ("providers/nowhere.md", false),
        ("providers/tencent.md#nowhere", false),
        ("#nowhere", false),
    ];
    for (link, good) in rows {
        assert_eq!(fault(&page, link).is_none(), good, "{link}");
    }
    let page = "[a](one.md) and [b](two.md#x), [c](https://example.com)\n```\n[d](three.md)\n```\n[e](#four)";
    assert_eq!(links(page), ["one.md", "two.md#x", "#four"]);
}

#[test]
fn every_alert_has_one_entry_with_what_to_do_in_the_order_of_the_rules() {
    let rules = read(&root().join("monitoring/alerts.yaml"));
    let alerts: Vec<&str> = rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    assert!(!alerts.is_empty(), "no alert was found");
    let page = read(&root().join("docs/operations.md"));
    let entries: Vec<&str> = text(&page).into_iter().filter_map(|line| line.strip_prefix("### ")).collect();
    assert_eq!(entries, alerts, "docs/operations.md goes another way than monitoring/alerts.yaml");
    let table = read(&root().join("docs/monitoring.md"));
    let rows: Vec<&str> =
        table.lines().filter_map(|line| line.strip_prefix("| `Roomkeeper")?.split('`').next()).collect();
    assert_eq!(rows, alerts.iter().filter_map(|alert| alert.strip_prefix("Roomkeeper")).collect::<Vec<_>>());
}
