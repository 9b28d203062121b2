//! What a successful call gives back besides its value.
//! It must not carry anything secret of its own: the request id goes into a status.

/// A successful answer and the vendor's name for the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply<T> {
    /// What the vendor answered; `()` for a call that only changes something.
    pub value: T,
    /// The vendor's request id, which its support asks for; absent where the vendor sent none.
    pub request_id: Option<String>,
    /// The vendor's clock when it answered, in unix seconds; absent where the answer had no readable `Date`.
    ///
    /// Of a list that was read in pages it is that of the first page: the list is at least as new.
    pub date: Option<u64>,
}

impl<T> Reply<T> {
    /// Turns the value into another one and keeps the rest.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Reply<U> {
        let Self { value, request_id, date } = self;
        Reply { value: change(value), request_id, date }
    }
}
