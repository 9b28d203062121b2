//! Puts the pages of a list together.
//! It must not take an empty or a repeated page for the end: only the count that the vendor gives says how many there are.

use std::collections::BTreeSet;

use super::Call;
use crate::error::{Class, Error, Outcome};
use crate::reply::Reply;

/// Items asked for in one page.
pub(super) const LIMIT: u32 = 100;
/// Pages read before a list counts as endless: room for 20,000 items.
const PAGES: u64 = 200;

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Items before it. In the list of applications, and only there, it is the number of pages before it.
    pub offset: u64,
    /// The most items that it has. Maxima of the vendor are documented for two lists: 100 applications, 500 conferences.
    pub limit: u32,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paged<T> {
    /// The items, in the vendor's order.
    pub items: Vec<T>,
    /// How many the whole list has.
    pub total: u64,
}

/// What several readings of a list showed.
struct Reading<T, K> {
    items: Vec<T>,
    keys: BTreeSet<K>,
    /// The vendor's clock at the first page; absent while none was read.
    date: Option<Option<u64>>,
    request_id: Option<String>,
}

/// What offsets count. The vendor's pages can be read either way; an open program counts items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Items,
    Pages,
}

/// How one reading of a list went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Round {
    /// The vendor counted the same on each page, and each item came once.
    Settled,
    /// There are as many items as the vendor counts, but the list changed meanwhile.
    Moved,
    /// The pages hold fewer items than the vendor counts, as if offsets counted something else.
    Short,
    /// There are always more pages.
    Endless,
}

/// Reads all pages of a list; an item of the same key counts once.
///
/// A list that changes meanwhile can hide an item between two pages. It is read once more then, and what either reading
/// showed is returned: rather an item that has just ended than one missing. A list that falls short is read once more
/// with offsets that count pages. `pace` is awaited before each page after the first. The date is that of the first
/// page, the request id that of the last.
///
/// # Errors
/// Those of a page; `Unknown` where the list has fewer items than the vendor counts, or does not end.
pub(super) async fn all<T, K, F, W>(
    call: Call,
    mut fetch: impl FnMut(Page) -> F,
    key: impl Fn(&T) -> K,
    mut pace: impl FnMut() -> W,
) -> Result<Reply<Vec<T>>, Error>
where
    K: Ord + Clone,
    F: Future<Output = Result<Reply<Paged<T>>, Error>>,
    W: Future<Output = ()>,
{
    let mut reading = Reading { items: Vec::new(), keys: BTreeSet::new(), date: None, request_id: None };
    let mut last = reading.round(Unit::Items, &mut fetch, &key, &mut pace).await?;
    match last {
        Round::Settled | Round::Endless => {}
        Round::Moved => last = reading.round(Unit::Items, &mut fetch, &key, &mut pace).await?,
        Round::Short => last = reading.round(Unit::Pages, &mut fetch, &key, &mut pace).await?,
    }
    let Reading { items, keys: _, date, request_id } = reading;
    let text = match last {
        Round::Settled | Round::Moved => return Ok(Reply { value: items, request_id, date: date.flatten() }),
        Round::Short => "the list has fewer items than it counts",
        Round::Endless => "the list does not end after 200 pages",
    };
    Err(Error::new(call.name(), Class::Unknown, Outcome::Refused)
        .with_message(text, &[])
        .with_request_id(request_id.as_deref()))
}

impl Unit {
    /// Tells by the new items among those of a page whether offsets count something else.
    fn is_wrong(self, fresh: u64, count: u64) -> bool {
        match self {
            // Beyond the end, the vendor gives the last page again.
            Self::Items => fresh == 0 && count > 0,
            // Where offsets count items after all, pages overlap.
            Self::Pages => fresh < count,
        }
    }
}

impl<T, K: Ord + Clone> Reading<T, K> {
    /// Reads the list once, from its begin.
    async fn round<F, W>(
        &mut self,
        unit: Unit,
        fetch: &mut impl FnMut(Page) -> F,
        key: &impl Fn(&T) -> K,
        pace: &mut impl FnMut() -> W,
    ) -> Result<Round, Error>
    where
        F: Future<Output = Result<Reply<Paged<T>>, Error>>,
        W: Future<Output = ()>,
    {
        let (mut seen, mut received, mut counted, mut is_settled) = (BTreeSet::new(), 0, None, true);
        for number in 0..PAGES {
            if self.date.is_some() {
                pace().await;
            }
            let offset = if unit == Unit::Items { received } else { number };
            let Reply { value: Paged { items, total }, request_id, date } =
                fetch(Page { offset, limit: LIMIT }).await?;
            self.date.get_or_insert(date);
            self.request_id = request_id;
            let (count, before) = (items.len() as u64, seen.len() as u64);
            received += count;
            self.take(items, key, &mut seen);
            let fresh = seen.len() as u64 - before;
            is_settled &= *counted.get_or_insert(total) == total && fresh == count;
            if unit.is_wrong(fresh, count) || (count == 0 && received < total) {
                return Ok(Round::Short);
            }
            if received >= total {
                return Ok(if is_settled { Round::Settled } else { Round::Moved });
            }
        }
        Ok(Round::Endless)
    }

    /// Keeps the items of a page that no page had before.
    fn take(&mut self, items: Vec<T>, key: &impl Fn(&T) -> K, seen: &mut BTreeSet<K>) {
        for item in items {
            let key = key(&item);
            seen.insert(key.clone());
            if self.keys.insert(key) {
                self.items.push(item);
            }
        }
    }
}
