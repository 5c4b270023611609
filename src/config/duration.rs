//! Durations as gcloud writes them: `90s`, `15m`, `2h`, `1h30m`, `1d`, or a bare number of seconds.

use std::time::Duration;

use super::value::Wrong;

/// Nothing on Google Cloud that Liftoff waits for lives longer; a longer wait is a slip of the finger.
const LONGEST: Duration = Duration::from_hours(365 * 24);

/// Units from the largest to the smallest, in milliseconds.
const UNITS: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// A deadline, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timeout {
    /// Give up after this long.
    After(Duration),
    /// Wait for ever; written `none`.
    Never,
}

impl Timeout {
    /// The deadline, from the start; `None` waits for ever.
    pub fn limit(self) -> Option<Duration> {
        match self {
            Self::After(limit) => Some(limit),
            Self::Never => None,
        }
    }
}

/// Reads a timeout: a duration greater than zero, or `none`.
pub fn timeout(text: &str) -> Result<Timeout, Wrong> {
    if text.eq_ignore_ascii_case("none") {
        return Ok(Timeout::Never);
    }
    match duration(text)? {
        Duration::ZERO => Err(Wrong::new(
            "a timeout must be longer than zero; `none` waits for ever",
        )),
        limit => Ok(Timeout::After(limit)),
    }
}

/// Reads a duration, at most 365 days. Units are `d`, `h`, `m`, `s` and `ms`, the largest first, each once.
pub fn duration(text: &str) -> Result<Duration, Wrong> {
    let malformed = || Wrong::expected("a duration such as 90s, 15m, 2h or 1h30m");
    let too_long = || Wrong::new("a duration is at most 365d");
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return text
            .parse()
            .map(Duration::from_secs)
            .ok()
            .filter(|d| *d <= LONGEST)
            .ok_or_else(too_long);
    }
    let text = text.to_ascii_lowercase();
    let mut rest = text.as_str();
    let mut units = UNITS.iter();
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let (number, after) = split(rest, |b| b.is_ascii_digit());
        let (unit, after) = split(after, |b| b.is_ascii_alphabetic());
        if number.is_empty() {
            return Err(malformed());
        }
        // The iterator goes on from the last unit, so a repeated or larger one is not found.
        let (_, millis) = units.find(|(name, _)| *name == unit).ok_or_else(malformed)?;
        total = number
            .parse::<u64>()
            .ok()
            .and_then(|n| n.checked_mul(*millis))
            .and_then(|part| total.checked_add(part))
            .ok_or_else(too_long)?;
        rest = after;
    }
    match Duration::from_millis(total) {
        _ if text.is_empty() => Err(malformed()),
        length if length > LONGEST => Err(too_long()),
        length => Ok(length),
    }
}

/// Splits where `belongs` first fails.
fn split(text: &str, belongs: impl Fn(u8) -> bool) -> (&str, &str) {
    let end = text.bytes().position(|b| !belongs(b)).unwrap_or(text.len());
    text.split_at(end)
}

/// Writes a duration so that [`duration`] reads it back, to the millisecond: `1h30m`.
pub(super) fn write(length: Duration) -> String {
    let mut millis = u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
    if millis == 0 {
        return "0s".to_owned();
    }
    let parts = UNITS.iter().filter_map(|(unit, size)| {
        let count = millis / size;
        millis %= size;
        (count > 0).then(|| format!("{count}{unit}"))
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_gcloud_writes_them() {
        for (text, seconds) in [
            ("90s", 90),
            ("15m", 900),
            ("2h", 7_200),
            ("1h30m", 5_400),
            ("1d", 86_400),
            ("1d2h3m4s", 93_784),
            ("1d4s", 86_404),
            ("900", 900),
            ("0", 0),
            ("0s", 0),
            ("1H30M", 5_400),
            ("365d", 31_536_000),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        assert_eq!(duration("2s50ms"), Ok(Duration::from_millis(2_050)));
    }

    #[test]
    fn rubbish_is_refused_with_an_example() {
        for text in [
            "", " ", "s", "15 m", "15m ", "-5s", "+5s", "1.5h", "1m1h", "1m1m", "5x", "15min", "1h30", "٣s",
            "é", "1s\u{0}", "none",
        ] {
            let error = duration(text).unwrap_err().to_string();
            assert_eq!(
                error, "expected a duration such as 90s, 15m, 2h or 1h30m",
                "{text:?}"
            );
        }
    }

    #[test]
    fn what_no_clock_can_hold_is_too_long() {
        for text in [
            "366d",
            "31536001",
            "99999999999999999999",
            "99999999999999999999h",
            "18446744073709551615d",
            "9223372036854775807s1ms",
        ] {
            assert_eq!(
                duration(text).unwrap_err().to_string(),
                "a duration is at most 365d",
                "{text}"
            );
        }
    }

    #[test]
    fn a_timeout_is_never_zero_and_may_be_none() {
        assert_eq!(timeout("none"), Ok(Timeout::Never));
        assert_eq!(timeout("15m"), Ok(Timeout::After(Duration::from_mins(15))));
        assert!(timeout("0").is_err());
        assert!(timeout("never").is_err());
    }

    #[test]
    fn what_is_written_reads_back() {
        for (millis, text) in [
            (0, "0s"),
            (900_000, "15m"),
            (5_400_000, "1h30m"),
            (90_000, "1m30s"),
            (2_050, "2s50ms"),
        ] {
            let length = Duration::from_millis(millis);
            assert_eq!(write(length), text);
            assert_eq!(duration(text), Ok(length));
        }
    }
}
