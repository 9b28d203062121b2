//! What the calls of the statistics have in common: the app, the period, the page, and when the data are from.
//! Reads and checks a query; does not know what is listed.

use std::time::Duration;

use serde_json::{Value, json};

use super::answers::{LargePage, UnknownApp};
use super::codes::Code;
use super::rules::{USUAL_PAGE, USUAL_PERIOD};
use super::state::{Project, RtcApp};
use crate::clock::Moment;
use crate::huawei::listed::Listed;
use crate::huawei::path::Parameters;
use crate::huawei::time;
use crate::refusal::Refusal;

/// What a call of the statistics asks about.
pub(super) struct Question<'a> {
    pub(super) app_id: &'a str,
    /// Absent: the app is not there, and is shown as one without rooms.
    pub(super) app: Option<&'a RtcApp>,
    pub(super) start: Moment,
    pub(super) end: Moment,
    /// The newest moment that the statistics know of.
    pub(super) known_until: Moment,
}

impl<'a> Question<'a> {
    /// Reads what a query asks about, over at most so long a time.
    pub(super) fn read(
        project: &'a Project,
        query: &'a Parameters,
        longest: Duration,
        now: Moment,
    ) -> Result<Self, Refusal> {
        let app_id = required(query, "app")?;
        let app = project.apps.get(app_id);
        if app.is_none() && project.answers.unknown_app == UnknownApp::Refused {
            return Err(Code::StatisticsParameter.about("there is no such app"));
        }
        let end = moment(query, "end_time")?.unwrap_or(now);
        let start = moment(query, "start_time")?.unwrap_or_else(|| now.minus(USUAL_PERIOD));
        if start > end {
            return Err(Code::StatisticsParameter.about("start_time is before end_time"));
        }
        if end.since(start) > longest {
            let days = longest.as_secs() / (24 * 3600);
            return Err(Code::StatisticsParameter.about(&format!("start_time to end_time is at most {days} days")));
        }
        let known_until = now.minus(Duration::from_secs(project.list_lag_seconds));
        Ok(Self { app_id, app, start, end, known_until })
    }

    /// Returns whether a moment is in the period, in whole seconds, and known already.
    pub(super) fn covers(&self, moment: Moment) -> bool {
        let seconds = moment.unix_seconds();
        moment <= self.known_until && (self.start.unix_seconds()..=self.end.unix_seconds()).contains(&seconds)
    }

    /// The domain of the app, as every row shows it.
    pub(super) fn domain(&self) -> String {
        domain(self.app_id)
    }
}

/// The part of a list that an answer shows.
pub(super) struct Page {
    limit: u32,
    offset: u32,
}

impl Page {
    pub(super) fn read(project: &Project, query: &Parameters) -> Result<Self, Refusal> {
        let limit = number(query, "limit")?.unwrap_or_else(|| USUAL_PAGE.min(project.largest_page));
        let offset = number(query, "offset")?.unwrap_or_default();
        let largest = project.largest_page;
        match (limit, project.answers.large_page) {
            (0, _) => Err(Code::StatisticsParameter.about("limit is at least 1")),
            (limit, LargePage::Refused) if limit > largest => {
                Err(Code::StatisticsParameter.about(&format!("limit is at most {largest}")))
            }
            (limit, LargePage::Refused | LargePage::Lowered) => Ok(Self { limit: limit.min(largest), offset }),
        }
    }

    /// Returns the answer with this page of all rows under a name.
    pub(super) fn show(&self, name: &str, rows: impl ExactSizeIterator<Item = Value>) -> Value {
        let total = rows.len();
        let shown: Vec<Value> = rows.skip(self.offset as usize).take(self.limit as usize).collect();
        json!({ "total": total, "limit": self.limit, "offset": self.offset, name: shown })
    }
}

/// The domain of an app.
pub(super) fn domain(app_id: &str) -> String {
    format!("{app_id}.sparkrtc.myhuaweicloud.com")
}

/// Writes an end: a hyphen where there is none yet.
pub(super) fn end_text(end: Option<Moment>) -> String {
    end.map_or_else(|| "-".to_owned(), time::seconds)
}

pub(super) fn required<'q>(query: &'q Parameters, name: &str) -> Result<&'q str, Refusal> {
    let missing =
        || Code::StatisticsParameter.refusal().saying(&format!("Required String parameter '{name}' is not present"));
    query.first(name).ok_or_else(missing)
}

fn moment(query: &Parameters, name: &str) -> Result<Option<Moment>, Refusal> {
    let wrong = || Code::StatisticsParameter.about(&format!("{name} is written like 2026-01-01T00:00:00Z"));
    query.first(name).map(|text| time::parse(text).ok_or_else(wrong)).transpose()
}

fn number(query: &Parameters, name: &str) -> Result<Option<u32>, Refusal> {
    let wrong = |_| Code::StatisticsParameter.about(&format!("{name} is a whole number"));
    query.first(name).map(|text| text.parse().map_err(wrong)).transpose()
}
