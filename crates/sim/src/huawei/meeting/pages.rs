//! One page of a list, as both lists of rooms show it.
//! Knows nothing of what is listed.

use serde_json::{Value, json};

use super::answers::{Answers, Offsets};
use super::codes::Refusal;
use super::request::Parameters;

/// The part of a list that a request asks for.
pub(super) struct Page {
    offset: usize,
    limit: usize,
    offsets: Offsets,
}

impl Page {
    /// Reads `offset` and `limit`. A limit over the largest page becomes that page.
    pub(super) fn asked(parameters: &Parameters, answers: &Answers) -> Result<Self, Refusal> {
        let Answers { default_page, largest_page, offsets, .. } = answers;
        let limit = match parameters.integer("limit")? {
            None => *default_page,
            Some(limit) if limit >= 1 => u32::try_from(limit).unwrap_or(u32::MAX),
            Some(_) => return Err(Refusal::parameter("limit is at least 1")),
        };
        let limit = limit.min(*largest_page).max(1);
        Ok(Self { offset: offset(parameters)?, limit: size(limit), offsets: *offsets })
    }

    /// Returns the page of these items, which stand in the list's order.
    ///
    /// Beyond the end it is the last page, as documented, and never an empty one.
    pub(super) fn of(&self, items: &[Value]) -> Value {
        let Self { offset, limit, offsets } = *self;
        let wanted = match offsets {
            Offsets::Records => offset,
            Offsets::Pages => offset.saturating_mul(limit),
        };
        let last = items.len().saturating_sub(1) / limit * limit;
        let start = if wanted < items.len() { wanted } else { last };
        let shown: Vec<&Value> = items.iter().skip(start).take(limit).collect();
        let offset = match offsets {
            Offsets::Records => start,
            Offsets::Pages => start / limit,
        };
        json!({ "offset": offset, "limit": limit, "count": items.len(), "data": shown })
    }
}

/// Reads `offset`, which is 0 if the request does not say.
pub(super) fn offset(parameters: &Parameters) -> Result<usize, Refusal> {
    let offset = parameters.integer("offset")?.unwrap_or_default();
    usize::try_from(offset).map_err(|_| Refusal::parameter("offset is at least 0"))
}

fn size(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_the_end_the_last_page_is_shown_again() {
        let items: Vec<Value> = (0..5).map(Value::from).collect();
        let shown = |offset, limit, offsets| Page { offset, limit, offsets }.of(&items);
        for (offset, offsets, start, data) in [
            (0, Offsets::Records, 0, json!([0, 1])),
            (1, Offsets::Records, 1, json!([1, 2])),
            (4, Offsets::Records, 4, json!([4])),
            (5, Offsets::Records, 4, json!([4])),
            (600, Offsets::Records, 4, json!([4])),
            (1, Offsets::Pages, 1, json!([2, 3])),
            (2, Offsets::Pages, 2, json!([4])),
            (usize::MAX, Offsets::Pages, 2, json!([4])),
        ] {
            let page = shown(offset, 2, offsets);
            assert_eq!((&page["offset"], &page["data"]), (&json!(start), &data), "offset {offset} of {offsets:?}");
        }
        assert_eq!(
            Page { offset: 3, limit: 2, offsets: Offsets::Records }.of(&[]),
            json!({ "offset": 0, "limit": 2, "count": 0, "data": [] })
        );
    }
}
