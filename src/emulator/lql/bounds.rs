//! The span of time that a filter speaks of, so that a search need not look at every entry there is.

use jiff::Timestamp;

use super::parser::Expr;

/// A span of timestamps, both ends included. What lies outside cannot be selected; what lies inside may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The earliest timestamp.
    pub from: Timestamp,
    /// The latest timestamp.
    pub to: Timestamp,
}

impl Bounds {
    /// No bound at all.
    pub(super) const ALL: Self = Self {
        from: Timestamp::MIN,
        to: Timestamp::MAX,
    };

    fn and(self, other: Self) -> Self {
        Self {
            from: self.from.max(other.from),
            to: self.to.min(other.to),
        }
    }

    fn or(self, other: Self) -> Self {
        Self {
            from: self.from.min(other.from),
            to: self.to.max(other.to),
        }
    }
}

/// The bounds of an expression. A negation is not looked into: it is unbounded.
pub(super) fn of(expression: &Expr) -> Bounds {
    match expression {
        Expr::All(parts) => parts.iter().map(of).fold(Bounds::ALL, Bounds::and),
        Expr::Any(parts) => parts.iter().map(of).reduce(Bounds::or).unwrap_or(Bounds::ALL),
        Expr::Compare(comparison) => comparison.bounds(),
        Expr::Not(_) | Expr::Global(_) => Bounds::ALL,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Filter;
    use super::*;

    #[test]
    fn bounds_hold_everything_that_a_filter_can_select() {
        let at = |hour: i32| -> Timestamp { format!("2026-11-23T{hour:02}:00:00Z").parse().unwrap() };
        let (min, max) = (Timestamp::MIN, Timestamp::MAX);
        for (filter, from, to) in [
            ("", min, max),
            ("severity>=ERROR", min, max),
            ("timestamp>=\"2026-11-23T10:00:00Z\"", at(10), max),
            (
                "timestamp>\"2026-11-23T10:00:00Z\" timestamp<=\"2026-11-23T11:00:00Z\" x",
                at(10),
                at(11),
            ),
            (
                "timestamp=\"2026-11-23T10:00:00Z\" OR timestamp=\"2026-11-23T12:00:00Z\"",
                at(10),
                at(12),
            ),
            ("timestamp>\"2026-11-23T10:00:00Z\" OR severity=ERROR", min, max),
            ("NOT timestamp<\"2026-11-23T10:00:00Z\"", min, max),
            ("timestamp!=\"2026-11-23T10:00:00Z\"", min, max),
            ("receiveTimestamp>\"2026-11-23T10:00:00Z\"", min, max),
            ("jsonPayload.timestamp>\"2026-11-23T10:00:00Z\"", min, max),
        ] {
            assert_eq!(
                Filter::parse(filter).unwrap().timestamps(),
                Bounds { from, to },
                "{filter}"
            );
        }
    }
}
