//! Conversion of written values to the types that fields have.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Numbers of `LogSeverity`, from the Cloud Logging API v2.
const SEVERITIES: [(&str, u16); 9] = [
    ("DEFAULT", 0),
    ("DEBUG", 100),
    ("INFO", 200),
    ("NOTICE", 300),
    ("WARNING", 400),
    ("ERROR", 500),
    ("CRITICAL", 600),
    ("ALERT", 700),
    ("EMERGENCY", 800),
];

/// The number of a severity that is written as its name, in any case, or as its number.
pub(super) fn severity(text: &str) -> Option<u16> {
    let named = SEVERITIES
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(text));
    named.map(|(_, number)| *number).or_else(|| {
        let number = text.parse().ok()?;
        severity_name(number).map(|_| number)
    })
}

/// The name of a severity number.
pub(super) fn severity_name(number: u16) -> Option<&'static str> {
    SEVERITIES
        .iter()
        .find(|(_, known)| *known == number)
        .map(|(name, _)| *name)
}

/// An instant: RFC 3339 with `Z`, `+hh:mm` or `+hhmm` (the Python client leaves the colon out), or a date,
/// which is its midnight in UTC.
pub(super) fn instant(text: &str) -> Option<Timestamp> {
    let is_date = text.len() == "2026-01-31".len();
    if is_date {
        return Date::from_str(text)
            .ok()?
            .to_zoned(TimeZone::UTC)
            .ok()
            .map(|midnight| midnight.timestamp());
    }
    // Annotations such as `[UTC]` are an extension of RFC 3339 that the API does not take.
    text.parse().ok().filter(|_| !text.contains('['))
}

/// A Boolean, in any case.
pub(super) fn flag(text: &str) -> Option<bool> {
    [("true", true), ("false", false)]
        .into_iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(text))
        .map(|(_, flag)| flag)
}

/// A decimal number. A payload holds doubles only, so f64 is exact for what an entry can hold.
pub(super) fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| !number.is_nan())
}

/// A duration such as `3.2s` or `250ms`, in seconds.
pub(super) fn seconds(text: &str) -> Option<f64> {
    const UNITS: [(&str, f64); 6] = [
        ("ns", 1e-9),
        ("us", 1e-6),
        ("ms", 1e-3),
        ("s", 1.0),
        ("m", 60.0),
        ("h", 3600.0),
    ];
    let (amount, seconds) = UNITS
        .iter()
        .find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, seconds)))?;
    number(amount).map(|amount| amount * seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_are_known_by_name_and_number() {
        for (text, number) in [
            ("ERROR", Some(500)),
            ("warning", Some(400)),
            ("300", Some(300)),
            ("0", Some(0)),
        ] {
            assert_eq!(severity(text), number, "{text}");
        }
        for text in ["WARN", "350", "", "-100"] {
            assert_eq!(severity(text), None, "{text}");
        }
    }

    #[test]
    fn instants_are_read_in_every_spelling_that_clients_send() {
        let expected: Timestamp = "2026-11-22T10:54:11.304617Z".parse().unwrap();
        for text in [
            "2026-11-22T10:54:11.304617Z",
            "2026-11-22T10:54:11.304617000Z",
            "2026-11-22T10:54:11.304617+0000",
            "2026-11-22T11:54:11.304617+01:00",
            "2026-11-22T05:54:11.304617-05:00",
        ] {
            assert_eq!(instant(text), Some(expected), "{text}");
        }
        assert_eq!(instant("2026-11-22"), "2026-11-22T00:00:00Z".parse().ok());
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        for text in [
            "",
            "yesterday",
            "2026-13-01",
            "2026-11-22T10:54:11",
            "2026-11-22T10:54:11Z[UTC]",
            "1700000000",
        ] {
            assert_eq!(instant(text), None, "{text}");
        }
    }

    #[test]
    fn durations_are_read_in_every_unit() {
        for (text, expected) in [
            ("3.5s", 3.5),
            ("250ms", 0.25),
            ("2m", 120.0),
            ("1h", 3600.0),
            ("-1s", -1.0),
            ("1e3us", 0.001),
        ] {
            let difference = seconds(text).unwrap() - expected;
            assert!(difference.abs() < 1e-12, "{text}");
        }
        assert_eq!(seconds("3"), None);
        assert_eq!(seconds("s"), None);
    }
}
