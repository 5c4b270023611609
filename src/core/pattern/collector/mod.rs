//! The marks of whoever collects the output of several processes: before each line they say whose it is.
//!
//! [`host`] has those that name machines, containers and times, [`step`] those of builds, pipelines and frames. To read one more
//! collector, add its mark to one of them, to the list in [`after_mark`] or [`after_names`], and to the table of the test.

mod host;
mod step;

use host::{
    after_compose, after_journal, after_labels, after_pod, after_stream, after_streamed, after_syslog,
    after_text_payload, before_wandb, in_nanoseconds, is_time,
};
use step::{
    after_build_step, after_frame, after_gutter, after_seconds, after_section, after_step_time, after_tab,
    after_tag, after_tai64n, is_rank,
};

/// Marks that stand before one line: a pod's, then its time.
const MARKS: usize = 3;

/// What follows the mark of a collector: `BuildKit`'s step and time (`#10 18.23 `), Cloud Build's step (`Step #0 - "build": `),
/// torch's rank (`[rank0]: `), Ray's worker (`(train pid=12) `), a script's name (`[launcher] `), and all others of [`host`] and
/// [`step`].
pub(in crate::core::pattern) fn collected(text: &str) -> &str {
    let mut rest = text;
    for _ in 0..MARKS {
        let Some(after) = after_mark(rest) else { break };
        rest = after.strip_prefix(' ').unwrap_or(after);
    }
    rest
}

fn after_mark(text: &str) -> Option<&str> {
    match text.as_bytes().first()? {
        b'#' => after_step_time(&text[1..]),
        b'[' => after_bracket(text),
        b'(' => text
            .split_once(')')
            .and_then(|(head, rest)| head.contains(" pid=").then_some(rest)),
        b' ' => after_gutter(text),
        b'@' => after_tai64n(&text[1..]),
        0xE2 => after_frame(text), // the first byte of the bars
        first if first.is_ascii_alphanumeric() || *first == b'|' => after_names(text),
        _ => None,
    }
}

fn after_bracket(text: &str) -> Option<&str> {
    let (mark, rest) = text.split_once(']')?;
    if mark.starts_with("[pod/") {
        return Some(rest);
    }
    let rank = rest.strip_prefix(':').filter(|_| is_rank(&mark[1..]));
    rank.or_else(|| after_tag(&text[1..]))
        .or_else(|| before_wandb(text))
}

/// Marks that begin with a name or a time. Most lines have none of them, so what is cheap to rule out comes first.
fn after_names(text: &str) -> Option<&str> {
    if text.starts_with("wandb:") {
        return None;
    }
    let named = before_wandb(text)
        .or_else(|| after_compose(text))
        .or_else(|| after_stream(text));
    if named.is_some() {
        return named;
    }
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        let build_step = || text.strip_prefix("Step #").and_then(after_build_step);
        return build_step()
            .or_else(|| after_syslog(text))
            .or_else(|| after_text_payload(text))
            .or_else(|| after_pod(text))
            .or_else(|| after_tab(text))
            .or_else(|| after_streamed(text));
    }
    let Some((time, rest)) = text.split_once(' ').filter(|(time, _)| is_time(time)) else {
        return after_seconds(text);
    };
    after_labels(rest)
        .or_else(|| after_journal(rest))
        .or_else(|| in_nanoseconds(time).then(|| &text[time.len()..]))
        .or_else(|| after_section(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_collected_a_line_says_nothing_about_it() {
        for (line, said) in [
            ("#10 18.23 no", "no"),
            ("Step #0 - \"build\": no", "no"),
            ("[rank0]: no", "no"),
            ("(train pid=12) no", "no"),
            ("[launcher] no", "no"),
            ("[pod/launch-agent-7c9d5b8f6-x2kqp/agent] no", "no"),
            ("agent-1  | no", "no"),
            ("2026-09-03T07:38:02Z stderr F no", "no"),
            ("worker-0 stderr F   no", "  no"),
            ("Sep 03 08:03:11 runner-vm agent[4]:   no", "  no"),
            ("2026-09-14T09:11:06+02:00 ml-gce-7 agent[911]: no", "no"),
            ("2026/11/14 07:40:02 agent| wandb: no", "wandb: no"),
            ("2026-09-14T09:38:00.188684Z  ERROR     wandb: no", "wandb: no"),
            ("2026-09-14T09:31:09.192722Z 00E   no", "  no"),
            ("Aug 21 10:02:12 wandb: ERROR   no", "wandb: ERROR   no"),
            ("Sep 03 08:03:11 the host said: no", "the host said: no"),
            ("@4000000068a6ef0e2d1b3c04   no", "  no"),
            (
                "2026-08-21T10:02:12.880000+00:00 runner/agent/4c1f2e7a9b044d18 no",
                "no",
            ),
            ("shard-03\tno", "no"),
            ("INFO\t2026-11-13 12:22:33 +0000\tservice\tno\tno", "no\tno"),
            ("ERROR\t2026-11-13 12:22:33 +0000\tworkerpool0-0\t   no", "  no"),
            ("12.71   no", "  no"),
            ("launch-agent-6c9f7b5d4-x2k8q agent   no", "  no"),
            (
                "2026-08-21T10:02:31Z {app=\"runner\", stream=\"stderr\"} wandb: no",
                "wandb: no",
            ),
            ("textPayload: 'no", "no"),
            ("textPayload: no", "no"),
            ("│ Error: no", "Error: no"),
            (
                "2026-09-14T09:31:09.192Z\tERROR\twandb: ERROR no",
                "wandb: ERROR no",
            ),
            (
                "2026-09-03 07:15:01+02:00 runner-eu-0 wandb: ERROR no",
                "wandb: ERROR no",
            ),
            ("2026-09-03T07:38:02Z agent stderr | wandb: no", "wandb: no"),
            ("[runner][2026-09-03T07:43][stderr] wandb: no", "wandb: no"),
            ("| wandb: no", "wandb: no"),
            ("    |   File \"a.py\"", "  File \"a.py\""),
            ("2026-08-21T10:02:12.881012345Z   no", "  no"),
            (
                "[pod/agent-0/agent] 2026-08-21T10:02:12.8Z wandb: ERROR   no",
                "wandb: ERROR   no",
            ),
        ] {
            assert_eq!(collected(line), said);
        }
    }

    #[test]
    fn a_sentence_is_no_mark() {
        for line in [
            "grep finds wandb: ERROR no",
            "loss | 0.3",
            "2026-08-21T10:02:12.881012Z a logger's own time",
            "epoch 3 | loss 0.3",
            "a-sentence-withadash-right here it is",
            "textPayload is a field",
            "ERROR\tno time\tservice\tno",
            "12.71 0.35 0.02",
            "12.7 of 30",
            "[ERROR] no",
            "Error: the stderr F of it",
            "| 09:11 | wandb: ERROR launch: no",
        ] {
            assert_eq!(collected(line), line);
        }
    }
}
