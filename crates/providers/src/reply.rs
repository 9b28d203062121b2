//! What a successful call gives back besides its value.
//! It must not carry anything secret of its own: the request id goes into a status.

/// A successful answer and the vendor's name for the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply<T> {
    /// What the vendor answered; `()` for a call that only changes something.
    pub value: T,
    /// The vendor's request id, which its support asks for; absent where the vendor sent none.
    pub request_id: Option<String>,
}

impl<T> Reply<T> {
    /// Keeps the request id and turns the value into another one.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Reply<U> {
        Reply { value: change(self.value), request_id: self.request_id }
    }
}
