//! `liftoff doctor [JOB]`: what would keep a launch from working, and the command that mends it.
//!
//! Nothing is started and nothing is changed, but that an empty journal is made where there is none. Each thing is told as
//! soon as it is known; the exit code is the worst that a launch would have met. To add a check: a variant of
//! [`Check`](crate::core::checkup::Check), and the function that looks, here or in `ask.rs`.

mod ask;
mod finding;

use serde_json::{Map, Value, json};

use self::finding::Finding;
use super::args::DoctorArgs;
use super::failure::Failure;
use super::journal;
use super::session::{self, Session};
use crate::config::{JobRef, Request, Setting, Wanted};
use crate::core::checkup::{Check, Standing};
use crate::core::event::EventKind;
use crate::core::ids::{RunJob, Scope};
use crate::core::spec::{Identity, LaunchSpec};
use crate::gcp::Gcp;
use crate::supervise::worst;

/// What of Google is asked, in the order in which it is told.
const ASKED: [Check; 5] = [
    Check::CloudRun,
    Check::Start,
    Check::CloudLogging,
    Check::VertexAi,
    Check::Clock,
];

pub(super) fn doctor(args: &DoctorArgs) -> u8 {
    let system = actix::System::new();
    system.block_on(async {
        let session = match Session::open(&args.flags()) {
            Ok(session) => session,
            Err(code) => return code,
        };
        let mut told = Told {
            session: &session,
            findings: Vec::new(),
        };
        examine(&mut told, args.job.clone()).await;
        let findings = told.findings;
        session
            .output
            .finish_dry(summed_up(&findings).as_ref(), counts(&findings))
    })
}

/// What was found, told as it came.
struct Told<'s> {
    session: &'s Session,
    findings: Vec<Finding>,
}

impl Told<'_> {
    fn tell(&mut self, finding: Finding) {
        let event = EventKind::Checked(finding.checked.clone());
        self.session.output.bus.emit(None, event);
        self.findings.push(finding);
    }

    fn skip(&mut self, checks: &[Check], why: &str) {
        for check in checks {
            self.tell(Finding::skipped(*check, why));
        }
    }
}

/// What a launch would be about.
struct Subject {
    /// The job, and a launch of it as `liftoff launch JOB` would make it; `None` without a job.
    launch: Option<(RunJob, LaunchSpec)>,
    /// Where the runner lives.
    run: Scope,
    /// Where the custom job is expected.
    vertex: Scope,
}

async fn examine(told: &mut Told<'_>, job: Option<JobRef>) {
    let session = told.session;
    let subject = subject(session, job);
    told.tell(match &subject {
        Ok(subject) => Finding::good(Check::Configuration, whereabouts(session, subject)),
        Err(failure) => Finding::failed(Check::Configuration, failure),
    });
    if let Some(finding) = patterns(session) {
        told.tell(finding);
    }
    told.tell(recorded(session));
    let gcp = match session.connect().await {
        Ok((gcp, credentials)) => {
            let finding = ask::credentials(&credentials).await;
            let usable = finding.checked.standing != Standing::Failed;
            told.tell(finding);
            usable.then_some(gcp)
        }
        Err(failure) => {
            told.tell(Finding::failed(Check::Credentials, &failure));
            None
        }
    };
    match (gcp, subject) {
        (None, _) => told.skip(&ASKED, "not asked: there is nothing to sign requests with"),
        (Some(_), Err(_)) => told.skip(&ASKED, "not asked: it is not known where"),
        (Some(gcp), Ok(subject)) => ask_google(told, &gcp, &subject).await,
    }
}

async fn ask_google(told: &mut Told<'_>, gcp: &Gcp, subject: &Subject) {
    let share = told.session.quota().run_share().together;
    let (runner, log, jobs) = tokio::join!(
        ask::runner(gcp, subject, share),
        ask::log(gcp, &subject.run.project),
        ask::custom_jobs(gcp, &subject.vertex),
    );
    let (run, start) = runner;
    for finding in [run, start, log, jobs, ask::clock(gcp)] {
        told.tell(finding);
    }
}

fn subject(session: &Session, job: Option<JobRef>) -> Result<Subject, Failure> {
    let Some(job) = job else {
        let (run, vertex) = session.settings.scopes()?;
        return Ok(Subject {
            launch: None,
            run,
            vertex,
        });
    };
    let request = Request {
        wanted: Wanted::Start {
            job,
            args: None,
            env: Vec::new(),
        },
        id: None,
        name: None,
        identity: Identity::default(),
    };
    let spec = session.settings.prepare(request, session.seed(0))?.spec;
    let job = spec.target.job().clone();
    Ok(Subject {
        run: job.scope.clone(),
        vertex: spec.vertex.clone(),
        launch: Some((job, spec)),
    })
}

/// Where, and who says so.
fn whereabouts(session: &Session, subject: &Subject) -> String {
    let place = &session.settings.place;
    let said = |value: &str, setting: Option<&Setting<String>>| match setting {
        Some(setting) if setting.value == value => format!("{value} ({})", setting.origin),
        _ => value.to_owned(),
    };
    let (run, vertex) = (&subject.run, &subject.vertex);
    let mut parts = vec![
        format!("project {}", said(&run.project, place.project.as_ref())),
        format!("region {}", said(&run.region, place.region.as_ref())),
    ];
    if vertex.project != run.project {
        let project = said(&vertex.project, place.vertex_project.as_ref());
        parts.push(format!("custom jobs in project {project}"));
    }
    if vertex.region != run.region {
        let region = said(&vertex.region, place.vertex_region.as_ref());
        parts.push(format!("custom jobs in region {region}"));
    }
    parts.join(", ")
}

/// The user's own patterns, if there are any.
fn patterns(session: &Session) -> Option<Finding> {
    let own = &session.settings.judging.patterns.value;
    if own.is_empty() {
        return None;
    }
    Some(match session::patterns(own) {
        Ok(_) => Finding::good(Check::Patterns, format!("the examples of {} hold", shown(own))),
        Err(failure) => Finding::failed(Check::Patterns, &failure),
    })
}

fn shown(paths: &[std::path::PathBuf]) -> String {
    let shown = paths.iter().map(|path| path.display().to_string());
    shown.collect::<Vec<_>>().join(", ")
}

/// A single launch goes on without its journal; a batch does not begin.
fn recorded(session: &Session) -> Finding {
    let Some((path, _)) = session.settings.journal.file() else {
        return Finding::good(Check::Journal, "none: launches are not recorded".to_owned());
    };
    match journal::demanded(session) {
        Ok(_) => Finding::good(Check::Journal, path.display().to_string()),
        Err(error) => Finding::warning(
            Check::Journal,
            format!("{error}: a batch would not begin, a launch would not be recorded"),
            Some("Choose another file with --journal, or --journal none".to_owned()),
        ),
    }
}

/// The failure that the findings are together.
fn summed_up(findings: &[Finding]) -> Option<Failure> {
    let failed: Vec<_> = findings
        .iter()
        .filter(|finding| finding.checked.standing == Standing::Failed)
        .collect();
    if failed.is_empty() {
        return None;
    }
    let named: Vec<_> = failed
        .iter()
        .map(|finding| finding.checked.check.title())
        .collect();
    let message = format!("a launch would not work: {}", named.join(", "));
    let mut failure = Failure::usage("check-failed", message, None);
    failure.exit_code = worst(failed.iter().map(|finding| finding.exit_code));
    Some(failure)
}

fn counts(findings: &[Finding]) -> Map<String, Value> {
    let of = |standing| {
        let found = findings
            .iter()
            .filter(|finding| finding.checked.standing == standing);
        json!(found.count())
    };
    let counts = [
        ("checks", json!(findings.len())),
        ("good", of(Standing::Good)),
        ("warnings", of(Standing::Warning)),
        ("failed", of(Standing::Failed)),
        ("skipped", of(Standing::Skipped)),
    ];
    counts
        .into_iter()
        .map(|(name, count)| (name.to_owned(), count))
        .collect()
}
