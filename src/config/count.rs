//! Numbers of launches.

use super::value::Wrong;

/// Parses how many executions of a batch may be alive at once: 1 to 1000.
pub(super) fn at_once(text: &str) -> Result<u32, Wrong> {
    within(text, 1, 1000, "how many launches at once")
}

/// Parses how often a launch that failed for a passing cause is tried again: 0 to 10.
pub(super) fn retries(text: &str) -> Result<u32, Wrong> {
    within(text, 0, 10, "how often to try again")
}

fn within(text: &str, least: u32, most: u32, what: &str) -> Result<u32, Wrong> {
    text.parse()
        .ok()
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| Wrong::expected(format!("{what}, {least} to {most}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_launches_are_bounded() {
        assert_eq!((at_once("1"), at_once("1000")), (Ok(1), Ok(1000)));
        assert_eq!((retries("0"), retries("10")), (Ok(0), Ok(10)));
        for bad in ["", "0", "1001", "-1", "1e3", "all"] {
            assert!(at_once(bad).is_err(), "{bad}");
        }
        assert_eq!(
            retries("11").unwrap_err().to_string(),
            "expected how often to try again, 0 to 10"
        );
    }
}
