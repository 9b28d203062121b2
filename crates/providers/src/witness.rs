//! What the last answer showed besides what it says: the vendor's clock, and until when its certificate holds.
//! For whoever looks for a fault. It sees no body, no URL and no request.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::tls::TlsInfo;
use x509_parser::parse_x509_certificate;

use crate::clock::Clock;

/// Remembers the last answer that came; clones remember the same one.
#[derive(Clone, Default)]
pub struct Witness(Arc<Mutex<Option<Heard>>>);

/// An answer, good or bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// The clock of this machine when its head came, in unix seconds.
    pub at: u64,
    /// The vendor's clock when it answered, in unix seconds; absent where the answer had no readable `Date`.
    pub date: Option<u64>,
    /// When the certificate of whoever answered ends, in unix seconds; absent without TLS, or if it cannot be read.
    pub certificate_ends: Option<i64>,
}

impl Witness {
    /// Returns the last answer; absent: none came yet.
    pub fn heard(&self) -> Option<Heard> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn hear(&self, response: &reqwest::Response, date: Option<u64>) {
        let certificate = response.extensions().get::<TlsInfo>().and_then(TlsInfo::peer_certificate);
        let heard = Heard { at: Clock::system().unix_seconds(), date, certificate_ends: certificate.and_then(end) };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(heard);
    }
}

impl fmt::Debug for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Witness").field(&self.heard()).finish()
    }
}

/// Returns the end of a certificate in DER.
fn end(certificate: &[u8]) -> Option<i64> {
    let (_, certificate) = parse_x509_certificate(certificate).ok()?;
    Some(certificate.validity().not_after.timestamp())
}
