//! The two texts that metrics are written in: OpenMetrics, and the older text format of Prometheus for everybody else.

use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

/// The media type of OpenMetrics.
const OPEN_METRICS: &str = "application/openmetrics-text";

/// A text format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// OpenMetrics 1.0.
    OpenMetrics,
    /// The text format of Prometheus 0.0.4, which `promtool check metrics` reads.
    Plain,
}

impl Format {
    /// Returns the format for whoever accepts this.
    #[must_use]
    pub fn accepted(accept: &str) -> Self {
        if accept.contains(OPEN_METRICS) { Format::OpenMetrics } else { Format::Plain }
    }

    /// Returns the media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Format::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Format::Plain => "text/plain; version=0.0.4; charset=utf-8",
        }
    }

    pub(super) fn write(self, registry: &Registry) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, registry)?;
        Ok(match self {
            Format::OpenMetrics => text,
            Format::Plain => plain(&text),
        })
    }
}

/// Translates OpenMetrics: there a counter is described without its ending, and the text has an end.
fn plain(text: &str) -> String {
    let mut written = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let line = match line.strip_prefix("# HELP ").and_then(|described| described.split_once(' ')) {
            Some((name, help)) if lines.peek() == Some(&format!("# TYPE {name} counter").as_str()) => {
                lines.next();
                format!("# HELP {name}_total {help}\n# TYPE {name}_total counter")
            }
            Some(_) | None if line == "# EOF" => continue,
            Some(_) | None => line.to_owned(),
        };
        written.push_str(&line);
        written.push('\n');
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prometheus_is_told_in_open_metrics_and_everybody_else_in_its_older_format() {
        let prometheus = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        assert_eq!(Format::accepted(prometheus), Format::OpenMetrics);
        assert_eq!(Format::accepted("*/*"), Format::Plain);
        let open = "# HELP calls Some help\n# TYPE calls counter\ncalls_total{code=\"ok\"} 1\n\
                    # HELP leader Other\n# TYPE leader gauge\nleader 1.0\n# EOF\n";
        let older = "# HELP calls_total Some help\n# TYPE calls_total counter\ncalls_total{code=\"ok\"} 1\n\
                     # HELP leader Other\n# TYPE leader gauge\nleader 1.0\n";
        assert_eq!(plain(open), older);
    }
}
