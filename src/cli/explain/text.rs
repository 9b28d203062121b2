//! An explanation for people. It leaves out what is empty, and decides nothing.

use std::fmt::{Display, Write as _};

use anstyle::Style;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;

use super::explanation::{CredentialState, Explanation, HoldKind, OperatorState, SecretState};
use super::operator::rough;
use crate::cli::terminal::{self, BAD, BOLD, DIM, GOOD, WARN, paint, plain};

/// Where lines below a heading begin, in columns.
const INDENT: u16 = 2;

/// Writes an explanation at this time.
pub(super) fn of(explanation: &Explanation, now: Timestamp) -> String {
    let mut page = Page { text: String::new(), now };
    page.headline(explanation);
    page.about(explanation);
    page.credential(explanation);
    page.conditions(explanation);
    page.differences(explanation);
    page.calls(explanation);
    page.users(explanation);
    page.list("Holds", explanation.holds.iter().map(|hold| &hold.message));
    page.list("What happens next", &explanation.next);
    page.commands(explanation);
    page.events(explanation);
    page.text
}

struct Page {
    text: String,
    now: Timestamp,
}

impl Page {
    fn line(&mut self, line: impl Display) {
        // Writing into a String cannot fail.
        let _ = writeln!(self.text, "{}", line.to_string().trim_end());
    }

    fn heading(&mut self, title: &str) {
        self.line("");
        self.line(paint(BOLD, title));
    }

    fn row(&mut self, name: &str, value: impl Display) {
        self.line(format!("  {name:<16}{value}"));
    }

    fn table(&mut self, table: &comfy_table::Table) {
        for line in table.trim_fmt().lines() {
            self.line(format!("{:1$}{line}", "", usize::from(INDENT)));
        }
    }

    fn list<T: Display>(&mut self, title: &str, items: impl IntoIterator<Item = T>) {
        let items: Vec<T> = items.into_iter().collect();
        if items.is_empty() {
            return;
        }
        self.heading(title);
        for item in items {
            self.line(format!("  - {item}"));
        }
    }

    /// Says how long ago a time was.
    fn ago(&self, time: &Time) -> String {
        format!("{} ago", rough(self.now.duration_since(time.0)))
    }

    fn since(&self, time: Option<&Time>) -> String {
        time.map(|time| self.ago(time)).unwrap_or_default()
    }

    fn headline(&mut self, explanation: &Explanation) {
        let Explanation { object, summary, operator, ready, .. } = explanation;
        // It explains everything else.
        match operator.state {
            OperatorState::NotRunning => self.line(paint(BAD, capital(&operator.message))),
            OperatorState::Unknown => self.line(paint(WARN, capital(&operator.message))),
            OperatorState::Running => {}
        }
        let namespace = object.namespace.as_ref().map(|namespace| format!("{namespace}/")).unwrap_or_default();
        let (style, word) = if *ready { (GOOD, "ready") } else { (BAD, "not ready") };
        let is_earlier = explanation.about.stale && explanation.about.observed_generation.is_some();
        let reason = if is_earlier { "changed since the last look" } else { &summary.reason };
        let is_paused = explanation.holds.iter().any(|hold| hold.what == HoldKind::Paused);
        let deleting = if explanation.about.deleting_since.is_some() { ", being deleted" } else { "" };
        let paused = if is_paused { ", paused" } else { "" };
        let verdict = paint(style, format!("{word}: {reason}"));
        self.line(format!("{} {namespace}{} is {verdict}{deleting}{paused}", object.kind, object.name));
        self.line(format!("  {}", summary.meaning));
        if !summary.message.is_empty() && !summary.meaning.to_lowercase().contains(&summary.message.to_lowercase()) {
            self.line(format!("  It says: {}", plain(&summary.message)));
        }
        self.line(format!("  {}", summary.remedy));
    }

    fn about(&mut self, explanation: &Explanation) {
        let about = &explanation.about;
        self.heading("Object");
        let rows = [
            ("engine", about.engine.as_deref()),
            ("room", about.room.as_deref()),
            ("at the vendor", about.external_id.as_deref()),
            ("config", about.config.as_deref()),
            ("account", about.account.as_deref()),
        ];
        for (name, value) in rows {
            if let Some(value) = value {
                self.row(name, value);
            }
        }
        let seen = match about.observed_generation {
            None => "nobody has looked at it yet".to_owned(),
            Some(observed) if about.stale => format!("the operator has seen {observed} only"),
            Some(_) => "seen by the operator".to_owned(),
        };
        self.row("generation", format!("{}, {seen}", about.generation));
        if let Some(created) = &about.created {
            self.row("made", self.ago(created));
        }
        if let Some(since) = &about.deleting_since {
            self.row("being deleted", format!("since {} ({})", since.0, self.ago(since)));
        }
        if let Some(limits) = &explanation.limits {
            self.row(
                "limits",
                format!(
                    "{}% of the vendor's rate limits, {} dismissals a minute",
                    limits.rate_percent, limits.dismissals_per_minute
                ),
            );
        }
        if explanation.operator.state == OperatorState::Running {
            self.row("operator", &explanation.operator.message);
        }
    }

    fn credential(&mut self, explanation: &Explanation) {
        let credential = &explanation.credential;
        let (style, state) = match credential.state {
            CredentialState::Accepted => (GOOD, "accepted"),
            CredentialState::Rejected => (BAD, "rejected"),
            CredentialState::NotTried => (WARN, "not tried"),
            CredentialState::NotReady => (BAD, "not ready"),
            CredentialState::NoSuchConfig => (BAD, "no such config"),
            CredentialState::NotAllowed => (BAD, "not allowed here"),
            CredentialState::Unknown => (WARN, "not known"),
        };
        self.heading("Credential");
        self.line(format!("  {}: {}", credential.config, paint(style, state)));
        if credential.state != CredentialState::Accepted {
            self.line(format!("  {}", plain(&credential.message)));
        }
        for secret in &credential.secrets {
            let (style, state) = match secret.state {
                SecretState::Present => (Style::new(), "there"),
                SecretState::NoSecret => (BAD, "no such Secret"),
                SecretState::NoKey => (BAD, "no such key"),
                SecretState::NoText => (BAD, "empty, or no text"),
                SecretState::Unknown => (WARN, "not known: it could not be read"),
            };
            let name = format!("Secret {}/{}, key {}", secret.namespace, secret.name, secret.key);
            self.line(format!("  {name}: {}", paint(style, state)));
        }
    }

    fn conditions(&mut self, explanation: &Explanation) {
        self.heading("Conditions");
        let mut table = terminal::table(["TYPE", "STATUS", "REASON", "SINCE", "MESSAGE"], INDENT);
        let mut last = "";
        for condition in &explanation.conditions {
            // Mostly all of them say the same.
            let message = if condition.message == last { "" } else { &condition.message };
            last = &condition.message;
            table.add_row([
                condition.type_.clone(),
                condition.status.clone(),
                condition.reason.clone(),
                self.since(condition.since.as_ref()),
                plain(message),
            ]);
        }
        self.table(&table);
    }

    fn differences(&mut self, explanation: &Explanation) {
        if !explanation.drift.is_empty() {
            self.heading("Differs");
            let mut table = terminal::table(["FIELD", "WANTED", "SEEN", "SINCE"], INDENT);
            for drift in &explanation.drift {
                let since = self.ago(&drift.since);
                table.add_row([drift.field.clone(), plain(&drift.wanted), plain(&drift.seen), since]);
            }
            self.table(&table);
        }
        if !explanation.unverified.is_empty() {
            self.heading("Not shown by the vendor");
            self.line(format!("  {}", explanation.unverified.join(", ")));
        }
    }

    fn calls(&mut self, explanation: &Explanation) {
        if let Some(call) = &explanation.last_operation {
            self.heading("Last change");
            let code = call.code.as_ref().map(|code| format!(", code {code}")).unwrap_or_default();
            self.line(format!(
                "  {}{code}, {}{}",
                call.verb,
                self.ago(&call.time),
                request(call.request_id.as_deref())
            ));
        }
        if let Some(failure) = &explanation.last_failure {
            let title = if explanation.ready { "Last failure, from before" } else { "Last failure" };
            self.heading(title);
            let code = failure.code.as_ref().map(|code| format!(", code {code}")).unwrap_or_default();
            let request = request(failure.request_id.as_deref());
            self.line(format!("  {}{code}, first {}{request}", failure.operation, self.ago(&failure.time)));
            if !failure.message.is_empty() {
                self.line(format!("  the vendor says: {}", plain(&failure.message)));
            }
            self.line(format!("  {}", failure.hint));
        }
    }

    fn users(&mut self, explanation: &Explanation) {
        let Some(users) = &explanation.users else {
            return;
        };
        self.heading("Used by");
        match (users.count, users.not_ready) {
            (Some(count), Some(not_ready)) => self.line(format!("  {count} objects, {not_ready} of them not ready")),
            (None, _) | (_, None) => self.line("  not known: they could not be listed"),
        }
        for user in &users.examples {
            self.line(format!("  - {}: {}", user.object, user.reason));
        }
    }

    fn commands(&mut self, explanation: &Explanation) {
        if explanation.commands.is_empty() {
            return;
        }
        self.heading("What you can do");
        for command in &explanation.commands {
            self.line(format!("  {}", paint(BOLD, &command.command)));
            let warning = if command.destructive { paint(BAD, "DESTRUCTIVE: ") } else { String::new() };
            self.line(format!("    {warning}{}", command.effect));
        }
    }

    fn events(&mut self, explanation: &Explanation) {
        self.heading("Events");
        let Some(events) = &explanation.events else {
            self.line(format!("  {}", paint(WARN, "not known: they could not be read")));
            return;
        };
        if events.is_empty() {
            self.line(format!("  {}", paint(DIM, "none; Kubernetes keeps them for an hour")));
            return;
        }
        let mut table = terminal::table(["AGE", "TYPE", "REASON", "MESSAGE"], INDENT);
        for event in events {
            let age = self.since(event.time.as_ref());
            table.add_row([age, event.type_.clone(), plain(&event.reason), plain(&event.message)]);
        }
        self.table(&table);
    }
}

fn request(id: Option<&str>) -> String {
    id.map(|id| format!(", request {id}")).unwrap_or_default()
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
