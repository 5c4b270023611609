//! Watchers that panic, hang or lose their API: the launch ends right and says what was lost.

use liftoff::core::source::Source;
use liftoff::core::verdict::{Outcome, Path};
use liftoff::watch::chaos::{Chaos, Failing};

use super::kit::{Stage, play, spec};

fn broken(source: Source, how: Failing) -> Stage {
    Stage {
        chaos: Chaos::default().and(source, how),
        ..Stage::default()
    }
}

#[test]
fn one_watcher_that_panics_for_ever_or_hangs_leaves_a_launch_that_ends_right() {
    for how in [Failing::Panic, Failing::Hang] {
        for (source, job) in [
            (Source::Log, "job-pending"),
            (Source::Execution, "job-pending"),
            (Source::Vertex, "log-proof"),
        ] {
            let played = play(broken(source, how), vec![spec("it-1", job)]);
            assert_eq!(played.verdict().outcome, Outcome::Success, "{source:?} {how:?}");
            assert_eq!(played.afterwards, 0);
        }
    }
}

#[test]
fn a_watcher_that_panics_once_is_restarted_and_loses_nothing() {
    for (source, job) in [
        (Source::Log, "permission"),
        (Source::Vertex, "job-failed"),
        (Source::Execution, "cancelled"),
    ] {
        let played = play(broken(source, Failing::PanicOnce), vec![spec("it-1", job)]);
        assert_ne!(played.verdict().outcome, Outcome::Undetermined, "{source:?}");
        assert!(played.says("was restarted"), "{source:?}");
    }
}

#[test]
fn a_watcher_beyond_its_restarts_is_told_as_lost() {
    let played = play(
        broken(Source::Log, Failing::Panic),
        vec![spec("it-1", "wrapper-then-403")],
    );
    assert!(played.says("failed 4 times within a minute"));
}

#[test]
fn with_all_watchers_lost_the_launch_is_undetermined_with_exit_5() {
    let chaos = Source::ALL.into_iter().fold(Chaos::default(), |chaos, source| {
        chaos.and(source, Failing::Panic)
    });
    let played = play(
        Stage {
            chaos,
            ..Stage::default()
        },
        vec![spec("it-1", "timeout")],
    );
    let verdict = played.verdict();
    assert_eq!(
        (verdict.outcome, verdict.path, verdict.exit_code),
        (Outcome::Undetermined, Path::SourcesLost, 5)
    );
}
