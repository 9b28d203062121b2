//! How the parts of this process fare, for probes. Each part says so of itself; nothing is found out here.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// All parts that say how they fare. Clones say the same.
#[derive(Clone, Debug, Default)]
pub struct Health(Arc<Mutex<Vec<Arc<Check>>>>);

/// One part. It is not well until it has said so once.
#[derive(Debug)]
pub struct Check {
    name: String,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    has_begun: bool,
    trouble: Option<Trouble>,
}

#[derive(Debug)]
struct Trouble {
    why: String,
    /// From when on it is over, if nobody says so before; absent: somebody will.
    until: Option<Instant>,
}

impl Health {
    /// Adds a part.
    #[must_use]
    pub fn check(&self, name: impl Into<String>) -> Arc<Check> {
        let check = Arc::new(Check { name: name.into(), state: Mutex::default() });
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&check));
        check
    }

    /// Returns the parts that nobody speaks for any more: whoever did has ended.
    #[must_use]
    pub fn abandoned(&self) -> Vec<String> {
        let checks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        checks.iter().filter(|check| Arc::strong_count(check) == 1).map(|check| check.name.clone()).collect()
    }

    /// Returns how each part fares now, in the order in which they were added.
    #[must_use]
    pub fn report(&self) -> Report {
        let checks = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Report(checks.into_iter().map(|check| (check.name.clone(), check.verdict())).collect())
    }
}

impl Check {
    /// Returns the name of the part.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Says that the part is well.
    pub fn passes(&self) {
        *self.state() = State { has_begun: true, trouble: None };
    }

    /// Says that the part is not well until it says so.
    pub fn fails(&self, why: &str) {
        self.state().trouble = Some(Trouble { why: in_one_line(why), until: None });
    }

    /// Says that the part is not well, and that no news for so long will be good news.
    pub fn fails_for(&self, why: &str, time: Duration) {
        self.state().trouble = Some(Trouble { why: in_one_line(why), until: Some(Instant::now() + time) });
    }

    /// Returns what is wrong with the part now.
    ///
    /// # Errors
    /// Says why the part is not well.
    pub fn verdict(&self) -> Result<(), String> {
        let state = self.state();
        match &state.trouble {
            Some(trouble) if trouble.until.is_none_or(|until| Instant::now() < until) => Err(trouble.why.clone()),
            Some(_) | None if state.has_begun => Ok(()),
            Some(_) | None => Err("not known yet".to_owned()),
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How the parts fared at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report(pub Vec<(String, Result<(), String>)>);

impl Report {
    /// Tells whether all parts are well.
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.0.iter().all(|(_, verdict)| verdict.is_ok())
    }

    /// Returns a line for each part, as the API server's own probes have them.
    #[must_use]
    pub fn lines(&self) -> String {
        self.text(|_| true)
    }

    /// Returns a line for each part that is not well.
    #[must_use]
    pub fn failures(&self) -> String {
        self.text(Result::is_err)
    }

    fn text(&self, is_shown: impl Fn(&Result<(), String>) -> bool) -> String {
        let mut text = String::new();
        for (name, verdict) in self.0.iter().filter(|(_, verdict)| is_shown(verdict)) {
            let written = match verdict {
                Ok(()) => writeln!(text, "[+]{name} ok"),
                Err(why) => writeln!(text, "[-]{name} failed: {why}"),
            };
            written.expect("a String takes every write");
        }
        text
    }
}

fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_part_is_well_once_it_said_so_and_until_it_says_otherwise() {
        let health = Health::default();
        let (first, second) = (health.check("first"), health.check("second"));
        assert!(!health.report().is_well(), "nobody has said a word");
        first.passes();
        assert_eq!(health.report().lines(), "[+]first ok\n[-]second failed: not known yet\n");
        second.passes();
        assert!(health.report().is_well());
        first.fails("it broke\n  in two");
        assert_eq!(health.report().failures(), "[-]first failed: it broke in two\n");
        advance(Duration::from_secs(3600)).await;
        assert!(first.verdict().is_err(), "nobody said that it is over");
        first.passes();
        assert!(health.report().is_well());
    }

    #[test]
    fn a_part_is_abandoned_when_whoever_spoke_for_it_has_ended() {
        let health = Health::default();
        let (kept, ended) = (health.check("kept"), health.check("ended"));
        ended.passes();
        assert_eq!(health.abandoned(), Vec::<String>::new());
        drop(ended);
        assert_eq!(health.abandoned(), ["ended"]);
        drop(kept);
    }

    #[tokio::test(start_paused = true)]
    async fn trouble_whose_end_nobody_tells_is_over_by_itself_but_proves_no_beginning() {
        let health = Health::default();
        let (begun, new) = (health.check("begun"), health.check("new"));
        begun.passes();
        for check in [&begun, &new] {
            check.fails_for("cut off", Duration::from_secs(30));
        }
        advance(Duration::from_secs(29)).await;
        assert!(begun.verdict().is_err() && new.verdict().is_err());
        advance(Duration::from_secs(1)).await;
        assert_eq!(begun.verdict(), Ok(()));
        assert_eq!(new.verdict(), Err("not known yet".to_owned()));
    }
}
