//! The good news, and where to look next.

use super::page::Page;
use super::seen::Seen;
use super::words;
use crate::core::spec::Goal;
use crate::core::verdict::Verdict;
use crate::report::style::Role;

/// The rocketship.
const ROCKET: [&str; 12] = [
    "",
    "        ◇",
    "       ◇ 9 ◇",
    "      ∿ 6 9 ∿",
    "     ◇ 3 6 9 ◇",
    "    ∿ ◇ ∿ ◇ ∿",
    "   Task → Cloud ✓",
    "",
    "   Vision ∿ Forge 🔥",
    "   ◇ Embrace 🤗 ∿ Lightning ⚡ ◇",
    "   Four ◇ One ∿ Rivers ◇ Ocean",
    "   ∿ Pattern ◇ Complete ∿ ✨",
];

/// One line of triumph, and what kind of success it is.
pub(super) fn headline(page: &mut Page, verdict: &Verdict) {
    page.gap();
    page.raw(0, Role::Triumph, "✓ Job Invocation Submitted to the Cloud! ✓");
    if verdict.confirmed == Some(false) {
        page.mark(0, Role::Warning, "!", words::not_confirmed(verdict.path));
    }
    page.say(2, Role::Plain, &verdict.summary);
}

/// The rocketship, at a terminal, for a launch on its own.
pub(super) fn rocket(page: &mut Page) {
    if page.style().terminal && !page.is_prefixed() {
        for row in ROCKET {
            page.raw(0, Role::Triumph, row);
        }
    }
}

/// Where the job is, for a launch among several or a person who wants few words.
pub(super) fn brief(page: &mut Page, verdict: &Verdict) {
    if let Some(job) = &verdict.custom_job {
        page.field("Custom job", &job.to_string());
    }
    if let Some(link) = &verdict.links.custom_job {
        page.field("Vertex AI", link);
    }
}

/// The phases, the job, and how to follow it.
pub(super) fn sections(page: &mut Page, seen: &Seen, verdict: &Verdict) {
    phases(page, seen, verdict.confirmed == Some(true));
    configuration(page, seen, verdict);
    monitoring(page, seen, verdict);
}

/// A confirmed job implies every phase before it, also those whose lines are still on their way through Cloud Logging;
/// without a confirmation only what was seen is claimed.
fn phases(page: &mut Page, seen: &Seen, confirmed: bool) {
    page.gap();
    let title = if confirmed {
        "✓ All phases completed:"
    } else {
        "Phases seen:"
    };
    page.raw(0, if confirmed { Role::Good } else { Role::Heading }, title);
    for phase in words::ESSENTIAL {
        let name = words::phase(phase);
        match seen.phases.get(&phase) {
            Some(Some(ms)) => page.raw(2, Role::Good, &format!("✓  {name:<28} +{}", words::elapsed(*ms))),
            Some(None) => page.raw(2, Role::Good, &format!("✓  {name}")),
            None if confirmed => page.raw(
                2,
                Role::Good,
                &format!("✓  {name:<28} (implied by the custom job)"),
            ),
            None => page.raw(2, Role::Dim, &format!("-  {name:<28} (not seen)")),
        }
    }
}

fn configuration(page: &mut Page, seen: &Seen, verdict: &Verdict) {
    page.heading("Vertex AI Job Configuration");
    match &verdict.custom_job {
        Some(job) => {
            page.field("Custom job", job.id());
            page.field("Resource", &job.to_string());
        }
        None => page.field("Custom job", "not known"),
    }
    if let Some(state) = &verdict.job_state {
        page.field("State", state.as_str());
    }
    if let Some(project) = seen.vertex_project() {
        page.field("Project", project);
    }
    page.field("Region", &verdict.vertex_region);
    if let Some(execution) = &verdict.execution {
        page.field("Runner", &format!("{} ({})", execution.short(), verdict.region));
    }
}

fn monitoring(page: &mut Page, seen: &Seen, verdict: &Verdict) {
    page.heading("Monitor Training Progress");
    let links = &verdict.links;
    for (label, link) in [
        ("Vertex AI", &links.custom_job),
        ("W&B", &links.wandb),
        ("Execution", &links.execution),
    ] {
        if let Some(link) = link {
            page.field(label, link);
        }
    }
    if let Some(job) = &verdict.custom_job {
        page.field(
            "Stream logs",
            &words::job_command("stream-logs", job, seen.vertex_project()),
        );
        page.field(
            "Describe",
            &words::job_command("describe", job, seen.vertex_project()),
        );
    } else if let Some(execution) = &verdict.execution {
        page.field("Describe", &words::execution_command(execution));
    }
    if let Some(execution) = verdict
        .execution
        .as_ref()
        .filter(|_| verdict.until != Goal::Succeeded)
    {
        page.field("Follow", &format!("liftoff watch {execution} --until succeeded"));
    }
}
