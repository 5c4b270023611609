//! What a batch file would launch: a row for each launch.

use super::page::Page;
use crate::core::event::Planned;
use crate::core::text::safe_line;
use crate::report::columns::shortened;
use crate::report::style::Role;

/// The titles, once, before the first row.
pub(super) fn titles(page: &mut Page) {
    let given = if page.style().terminal {
        ""
    } else {
        "ARGUMENTS AND VARIABLES"
    };
    page.raw(2, Role::Heading, &row("NAME", "JOB", "REGION", "UNTIL", given));
}

/// One launch, and why Cloud Run would refuse it. At a terminal, what it is given has a line of its own, cut to its width;
/// elsewhere a launch is one whole line, for whoever searches.
pub(super) fn planned(page: &mut Page, name: &str, planned: &Planned) {
    let job = planned.job.rsplit('/').next().unwrap_or(&planned.job);
    let (sign, role) = match &planned.refused {
        None => ("✓", Role::Plain),
        Some(_) => ("✗", Role::Bad),
    };
    let style = page.style();
    let given = safe_line(&given(planned));
    let same_line = if style.terminal { "" } else { &given };
    let row = row(
        &safe_line(name),
        job,
        &planned.region,
        planned.until.word(),
        same_line,
    );
    page.raw(0, role, &format!("{sign} {row}"));
    if style.terminal && !given.is_empty() {
        page.raw(4, Role::Dim, &shortened(&given, style.width.saturating_sub(4)));
    }
    if let Some(why) = &planned.refused {
        page.say(4, Role::Bad, why);
    }
}

fn row(name: &str, job: &str, region: &str, until: &str, given: &str) -> String {
    let row = format!("{name:<28} {job:<18} {region:<14} {until:<9} {given}");
    row.trim_end().to_owned()
}

/// Arguments as a shell takes them, then variables and marks.
fn given(planned: &Planned) -> String {
    let args = match planned.args.as_deref() {
        None => None,
        Some([]) => Some("(no arguments)".to_owned()),
        Some(args) => Some(args.iter().map(|arg| word(arg)).collect::<Vec<_>>().join(" ")),
    };
    let mark = |flag: &str, value: &Option<String>| value.as_ref().map(|value| format!("{flag}={value}"));
    let marks = [
        mark("queue-item", &planned.queue_item),
        mark("run-id", &planned.run_id),
        mark("run-name", &planned.run_name),
    ];
    let labels = planned
        .labels
        .iter()
        .map(|(name, value)| format!("label.{name}={value}"));
    let all = args
        .into_iter()
        .chain(planned.env.iter().cloned())
        .chain(marks.into_iter().flatten())
        .chain(labels);
    all.collect::<Vec<_>>().join("  ")
}

/// One argument, in quotation marks where a shell needs them.
fn word(arg: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=:,+@%[]".contains(c);
    if !arg.is_empty() && arg.chars().all(plain) {
        return arg.to_owned();
    }
    shlex::try_quote(arg).map_or_else(|_| format!("{arg:?}"), std::borrow::Cow::into_owned)
}
