//! Past launches as a table, the newest first.

use std::fmt::Write as _;

use jiff::Timestamp;
use unicode_width::UnicodeWidthStr as _;

use super::words;
use crate::core::event::{Progress, Recorded};
use crate::core::text::safe_line;
use crate::report::columns::{shortened, untabbed};

/// One past launch.
#[derive(Clone, Copy, Debug)]
pub struct Past<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its name in its batch.
    pub name: Option<&'a str>,
    /// From its start to the verdict, ms.
    pub elapsed_ms: Option<u64>,
    /// What is known of it.
    pub recorded: &'a Recorded,
}

/// A line for each, within `width` columns. Nothing recorded is said in words.
pub fn past_launches(launches: &[Past<'_>], now: Timestamp, width: usize) -> String {
    if launches.is_empty() {
        return "No launches are recorded.\n".to_owned();
    }
    let longest = launches
        .iter()
        .map(|past| past.id.width())
        .max()
        .unwrap_or_default()
        .min(48);
    let mut text = String::new();
    for past in launches {
        let recorded = past.recorded;
        let outcome = recorded.outcome.as_deref().unwrap_or("not over");
        let sign = match outcome {
            "success" | "detached" => "✓",
            "not over" => "◇",
            _ => "✗",
        };
        let what = recorded
            .category
            .as_deref()
            .or(recorded.summary.as_deref())
            .unwrap_or_default();
        let line = format!(
            "{sign} {:<longest$}  {:>8}  {:>8}  {outcome:<12}  {}",
            safe_line(past.id),
            ago(now, recorded.created_at),
            past.elapsed_ms.map_or_else(String::new, words::elapsed),
            untabbed(&safe_line(what)),
        );
        let _ = writeln!(text, "{}", shortened(line.trim_end(), width));
    }
    text
}

fn ago(now: Timestamp, then: Timestamp) -> String {
    let seconds = now.duration_since(then).as_secs().max(0);
    match seconds {
        0..60 => format!("{seconds}s ago"),
        60..3600 => format!("{}m ago", seconds / 60),
        3600..172_800 => format!("{}h ago", seconds / 3600),
        _ => format!("{}d ago", seconds / 86_400),
    }
}

/// What the events of a launch alone do not tell: how far one came that has no verdict.
pub fn standing(past: &Past<'_>) -> Option<String> {
    let recorded = past.recorded;
    let watch = || format!("To go on: liftoff watch {}", words::shell(past.id));
    match (recorded.state, recorded.outcome.as_deref()) {
        (Progress::Planned, _) => Some("It was planned; nothing was sent.".to_owned()),
        (Progress::Intended, _) => {
            let text = "Its start may have been sent; nothing more is recorded.";
            Some(format!("{text} {}", watch()))
        }
        (Progress::Accepted, _) => {
            let text = "Its runner was started; no verdict is recorded.";
            Some(format!("{text} {}", watch()))
        }
        (Progress::Ended, Some("detached")) => {
            Some(format!("Its runner was started and left alone. {}", watch()))
        }
        (Progress::Ended, Some(outcome @ ("not_started" | "unverified"))) => {
            let said = [&recorded.summary, &recorded.hint].into_iter().flatten();
            let said: Vec<_> = said.map(String::as_str).collect();
            Some(format!("{}: {}", outcome.replace('_', " "), said.join(". ")))
        }
        (Progress::Ended, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    fn recorded(outcome: Option<&str>, category: Option<&str>, summary: &str) -> Recorded {
        Recorded {
            state: Progress::Ended,
            created_at: "2026-11-23T10:00:00Z".parse().unwrap(),
            job: "projects/p/locations/r/jobs/j".into(),
            project: "p".into(),
            execution: None,
            outcome: outcome.map(Into::into),
            exit_code: Some(0),
            category: category.map(Into::into),
            summary: Some(summary.into()),
            hint: None,
            custom_job: None,
            labels: BTreeMap::new(),
        }
    }

    #[test]
    fn each_launch_is_a_line_within_the_width_and_nothing_raw_is_in_it() {
        let all = [
            (
                "sweep-1",
                recorded(Some("success"), None, "the job is \u{1b}]0;x\u{7}PENDING"),
                Some(12_300),
            ),
            (
                "sweep-2",
                recorded(Some("failure"), Some("quota-exceeded"), "no"),
                Some(700_000),
            ),
            ("sweep-3", recorded(None, None, ""), None),
        ];
        let rows: Vec<Past<'_>> = all
            .iter()
            .map(|(id, recorded, elapsed_ms)| Past {
                id,
                name: None,
                elapsed_ms: *elapsed_ms,
                recorded,
            })
            .collect();
        let now = "2026-11-23T11:30:00Z".parse().unwrap();
        let text = past_launches(&rows, now, 60);
        assert!(
            text.lines().all(|line| line.width() <= 60) && !text.contains('\u{1b}'),
            "{text}"
        );
        let second = text.lines().nth(1).unwrap();
        assert_eq!(
            second,
            "✗ sweep-2    1h ago   11m 40s  failure       quota-exceeded"
        );
        assert!(text.lines().nth(2).unwrap().ends_with("not over"));
        assert_eq!(past_launches(&[], now, 60), "No launches are recorded.\n");
    }

    #[test]
    fn a_launch_without_a_verdict_says_how_far_it_came() {
        let told = |state, outcome: Option<&str>| {
            let mut recorded = recorded(outcome, None, "cannot start it");
            (recorded.state, recorded.hint) = (state, Some("deploy it".into()));
            standing(&Past {
                id: "sweep-1",
                name: None,
                elapsed_ms: None,
                recorded: &recorded,
            })
        };
        for (state, outcome, words) in [
            (Progress::Planned, None, "nothing was sent"),
            (Progress::Intended, None, "may have been sent"),
            (Progress::Accepted, None, "liftoff watch sweep-1"),
            (Progress::Ended, Some("detached"), "left alone"),
            (
                Progress::Ended,
                Some("not_started"),
                "not started: cannot start it. deploy it",
            ),
        ] {
            let text = told(state, outcome).unwrap();
            assert!(text.contains(words), "{state:?}: {text}");
        }
        assert_eq!(told(Progress::Ended, Some("success")), None);
    }
}
