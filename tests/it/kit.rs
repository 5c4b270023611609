//! One launch against the built-in cloud, on a paused clock, through real HTTP.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use liftoff::clock::Clock;
use liftoff::core::event::{Event, EventKind};
use liftoff::core::ids::{LaunchId, RunJob, Scope};
use liftoff::core::pattern::PatternSet;
use liftoff::core::spec::{Goal, LaunchSpec};
use liftoff::core::verdict::Verdict;
use liftoff::emulator::{Emulator, EmulatorConfig, Quotas, Scenario, Stats, Truth};
use liftoff::gcp::auth::StaticToken;
use liftoff::gcp::{Endpoints, Gcp, GcpConfig, Http};
use liftoff::journal::{Journal, Owner};
use liftoff::supervise::{Bus, Interrupts, LaunchEnd, Plan, Quota, World, supervise_plan};
use liftoff::watch::chaos::Chaos;

pub(crate) const EPOCH: &str = "2026-11-23T10:00:00Z";

/// How the local clock stands to the servers', and what else a play may vary.
pub(crate) struct Stage {
    pub(crate) clock_error: SignedDuration,
    pub(crate) chaos: Chaos,
    pub(crate) quotas: Quotas,
    pub(crate) rtt: Duration,
    pub(crate) jobs: Vec<(String, Scenario)>,
    pub(crate) lines: bool,
    /// Where the journal is, and whether it is vital; none if absent.
    pub(crate) journal: Option<(PathBuf, bool)>,
}

impl Default for Stage {
    fn default() -> Self {
        Self {
            clock_error: SignedDuration::ZERO,
            chaos: Chaos::default(),
            quotas: Quotas::real(),
            rtt: Duration::from_millis(50),
            jobs: Vec::new(),
            lines: false,
            journal: None,
        }
    }
}

/// What came of it.
pub(crate) struct Played {
    pub(crate) ends: Vec<LaunchEnd>,
    pub(crate) events: Vec<Event>,
    pub(crate) stats: Stats,
    /// What was true of each launch when its verdict was given, in the order of the verdicts.
    pub(crate) truths: Vec<Vec<Truth>>,
    /// Requests that arrived during the five minutes after the end.
    pub(crate) afterwards: u64,
}

impl Played {
    pub(crate) fn end(&self) -> &LaunchEnd {
        self.ends.first().expect("an end")
    }

    pub(crate) fn verdict(&self) -> &Verdict {
        self.end()
            .verdict
            .as_ref()
            .unwrap_or_else(|| panic!("a verdict, not {:?}", self.end().failure))
    }

    pub(crate) fn says(&self, text: &str) -> bool {
        self.events
            .iter()
            .any(|event| serde_json::to_string(event).unwrap().contains(text))
    }
}

pub(crate) fn spec(id: &str, job: &str) -> LaunchSpec {
    let scope = Scope {
        project: "p".into(),
        region: "us-central1".into(),
    };
    let job = RunJob {
        scope,
        job: job.into(),
    };
    LaunchSpec::plain(LaunchId::parse(id).unwrap(), job)
}

/// Runs a future in an actix system whose clock is virtual.
pub(crate) fn paused<F: Future>(future: F) -> F::Output {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap()
    };
    actix::System::with_tokio_rt(runtime).block_on(future)
}

/// Plays launches of built-in scenarios, or of the stage's own jobs.
pub(crate) fn play(stage: Stage, specs: Vec<LaunchSpec>) -> Played {
    play_plan(stage, Plan::of(specs))
}

/// Plays a batch.
pub(crate) fn play_plan(stage: Stage, plan: Plan) -> Played {
    paused(perform(stage, plan))
}

async fn perform(stage: Stage, plan: Plan) -> Played {
    let epoch: Timestamp = EPOCH.parse().unwrap();
    let config = EmulatorConfig {
        epoch,
        quotas: stage.quotas,
        rtt: stage.rtt,
        jobs: stage.jobs,
        ..EmulatorConfig::default()
    };
    let emulator = Rc::new(Emulator::start(config).await.unwrap());
    let clock = Clock::at(epoch + stage.clock_error);
    let gcp = Gcp::new(GcpConfig {
        http: Http::new("liftoff-tests").unwrap(),
        endpoints: Endpoints::all_at(&emulator.endpoint()).unwrap(),
        token: Rc::new(StaticToken::new(&emulator.static_token())),
        quota_project: None,
        clock,
    });
    let events = Rc::new(RefCell::new(Vec::<Event>::new()));
    let truths = Rc::new(RefCell::new(Vec::new()));
    let (seen, known, cloud) = (Rc::clone(&events), Rc::clone(&truths), Rc::clone(&emulator));
    let bus = Bus::new(clock, None, move |event| {
        if let EventKind::Verdict(verdict) = &event.kind {
            let execution = verdict
                .execution
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default();
            known.borrow_mut().push(cloud.truths(&execution));
        }
        seen.borrow_mut().push(event.clone());
    });
    let journal = stage.journal.map_or_else(Journal::none, |(path, vital)| {
        let journal = Journal::open(&path, Owner::this(epoch)).unwrap();
        if vital { journal.vital() } else { journal }
    });
    let world = Rc::new(World {
        journal,
        gcp,
        patterns: Rc::new(PatternSet::builtin().unwrap()),
        bus: Rc::new(bus),
        quota: Quota {
            logging: 60,
            vertex: 600,
            run: 600,
        },
        lines: stage.lines,
        chaos: stage.chaos,
    });
    let nobody: Interrupts = Box::pin(futures_util::stream::pending());
    let ends = supervise_plan(world, plan, nobody).await;
    let stats = emulator.stats();
    tokio::time::sleep(Duration::from_mins(5)).await;
    let afterwards = emulator.stats().received() - stats.received();
    let (events, truths) = (events.take(), truths.take());
    Played {
        ends: ends.launches,
        events,
        stats,
        truths,
        afterwards,
    }
}

/// Whether a verdict is one of the truths.
pub(crate) fn is_true(verdict: &Verdict, truths: &[Truth], until: Goal) -> bool {
    let word = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let outcome = word(serde_json::to_value(verdict.outcome).unwrap());
    let path = word(serde_json::to_value(verdict.path).unwrap());
    truths
        .iter()
        .filter(|truth| truth.until() == until.word())
        .any(|truth| {
            truth.outcome() == outcome
                && truth.exit() == i32::from(verdict.exit_code)
                && truth.path().is_none_or(|wanted| wanted == path)
                && truth
                    .category()
                    .is_none_or(|wanted| verdict.category.as_deref() == Some(wanted))
        })
}
