//! What a vendor's answer shows besides what it says: that it came, over TLS, with which clock. And why none came.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use jiff::Timestamp;
use roomkeeper_providers as providers;
use roomkeeper_providers::witness::Heard;
use url::Url;

use super::check::{Begun, Check};
use super::words;
use crate::accounts::{Examined, Opinion};

/// A certificate that ends sooner should have been renewed by now.
const RENEWED_BEFORE: Duration = Duration::from_secs(14 * 86_400);
/// Clocks of machines with a time server differ by less.
const CLOCKS_DIFFER: Duration = Duration::from_secs(30);
/// Huawei refuses signatures that are further off (its page on API signatures); Tencent names no limit.
const SIGNATURES_REFUSED: Duration = Duration::from_secs(15 * 60);

/// Tells whether the vendor can be talked to, and safely.
pub(super) fn check(check: Begun, endpoint: &Url, examined: &Examined) -> Check {
    match (&examined.heard, &examined.opinion) {
        (Some(heard), _) => answered(check, endpoint, heard),
        (None, Opinion::Unknown(error) | Opinion::Rejected(error) | Opinion::Accepted { refusal: Some(error) }) => {
            unanswered(check, endpoint, error)
        }
        (None, Opinion::Accepted { refusal: None }) => check.untold("the answer was not seen"),
    }
}

fn answered(check: Begun, endpoint: &Url, heard: &Heard) -> Check {
    if endpoint.scheme() != "https" {
        return check.ok(format!("{} answers, without TLS", shown(endpoint)));
    }
    let Some(ends) = heard.certificate_ends else {
        return check.ok(format!("{} answers over TLS", shown(endpoint)));
    };
    let left = Duration::from_secs(u64::try_from(ends - Timestamp::now().as_second()).unwrap_or_default());
    let found = format!("{} answers over TLS, by a certificate that ends in {}", shown(endpoint), words::time(left));
    if left < RENEWED_BEFORE {
        return check.warning(found, "have whoever answers there, the vendor or a proxy, renew it");
    }
    check.ok(found)
}

fn unanswered(check: Begun, endpoint: &Url, error: &providers::Error) -> Check {
    if error.class() == providers::Class::Misdirected {
        return check.untold("nothing was sent");
    }
    if let Some(why) = tls(error) {
        let next = "if a proxy or a server of your own answers there, name its certificate authority in spec.caBundleRef; \
                    otherwise somebody else than the vendor answers";
        return check.failed(format!("TLS with {} failed: {why}", shown(endpoint)), next);
    }
    let next = "check the network policy, the firewall and the proxy between here and the vendor";
    check.failed(format!("{} gives no answer: {}", shown(endpoint), why(error)), next)
}

/// Compares the vendor's clock with this machine's.
pub(super) fn clocks(check: Begun, heard: Option<Heard>) -> Check {
    let Some((here, there)) = heard.and_then(|heard| Some((heard.at, heard.date?))) else {
        return check.untold("no answer told the vendor's time");
    };
    let off = Duration::from_secs(here.abs_diff(there));
    if off <= CLOCKS_DIFFER {
        return check.ok(format!("this machine's and the vendor's differ by at most {}", words::time(CLOCKS_DIFFER)));
    }
    let side = if here > there { "ahead of" } else { "behind" };
    let found = format!("this machine's clock is {} {side} the vendor's", words::time(off));
    let next =
        "have this machine, and the operator's, follow a time server (NTP): signatures hold for a short time only";
    if off > SIGNATURES_REFUSED { check.failed(found, next) } else { check.warning(found, next) }
}

/// Returns an endpoint without the slash at its end.
fn shown(endpoint: &Url) -> &str {
    endpoint.as_str().trim_end_matches('/')
}

/// Returns what was wrong with TLS; absent: something else was wrong.
fn tls(error: &providers::Error) -> Option<String> {
    let mut cause: Option<&(dyn StdError + 'static)> = error.source();
    while let Some(error) = cause {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return Some(tls.to_string());
        }
        // What an I/O error holds is not its source, but the source of what it holds is.
        let held = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        cause = match held {
            Some(held) => Some(held),
            None => error.source(),
        };
    }
    None
}

fn why(error: &providers::Error) -> String {
    match error.source() {
        Some(cause) => format!("{}: {}", error.message(), words::innermost(cause)),
        None => error.message().to_owned(),
    }
}
