//! Lives: that they are scenarios, that a seed draws them again, and when they are decided.

use super::*;

fn draw(case: Case) -> Draw {
    Draw {
        case,
        within: Duration::from_mins(1),
        foreign: 2,
        cheer: true,
        ..Draw::default()
    }
}

#[test]
fn every_case_is_a_scenario_and_a_seed_draws_it_again() {
    for case in Case::ALL {
        let life = |seed, index| format!("{:?}", draw(case).life(seed, index).unwrap().scenario);
        assert_eq!(life(1, 7), life(1, 7), "{}", case.name());
        assert_ne!(life(1, 7), life(1, 8), "{}", case.name());
        assert_ne!(life(1, 7), life(2, 7), "{}", case.name());
    }
}

#[test]
fn a_life_is_decided_when_the_emulator_first_shows_a_fact() {
    use crate::harness::paused;
    use crate::harness::stage::{Setting, Stage, run_job};
    let played = async {
        let lives = Case::ALL.map(|case| draw(case).life(3, 1).unwrap());
        let setting = Setting {
            seed: 0,
            rtt: Duration::ZERO,
            quotas: crate::emulator::Quotas::real(),
            faults: Vec::new(),
            jobs: lives
                .iter()
                .map(|life| (life.scenario.name().to_owned(), life.scenario.clone()))
                .collect(),
        };
        let stage = Stage::start(setting).await.unwrap();
        for life in lives {
            let job = run_job("p", 0, life.scenario.name());
            let started = stage
                .client()
                .unwrap()
                .run_job(&job, &crate::gcp::Overrides::default(), None)
                .await
                .unwrap();
            let shown = stage
                .shows(&started.execution.name.to_string(), life.facts)
                .unwrap();
            let created = started.execution.create_time.unwrap();
            let after = Duration::try_from(shown.duration_since(created)).unwrap();
            assert_eq!(after, life.decided, "{}", life.scenario.name());
        }
    };
    paused(played);
}

#[test]
fn a_line_that_shows_after_the_log_counts_as_complete_leaves_its_launch_undetermined() {
    use crate::harness::{Cell, Policy, paused};
    let mut straggling = draw(Case::LogFatal);
    straggling.lag = Lag::Stragglers;
    let late = |index: &u64| {
        let life = straggling.life(1, *index).unwrap();
        life.decided > life.complete + Duration::from_secs(2)
    };
    let index = (0..2_000).find(late).expect("two in a hundred lines straggle");
    let arms = paused(
        Cell {
            draw: straggling,
            first: index,
            events: 1,
            ..Cell::default()
        }
        .play(&[Policy::Liftoff]),
    );
    let tally = &arms.unwrap()[0].tally;
    assert_eq!((tally.amiss.open, tally.launches()), (1, 1), "{:?}", tally.odd);
}

#[test]
fn lags_are_those_of_their_law() {
    let mut chance = Chance::seeded(1);
    let late = |lag: Lag, chance: &mut Chance| {
        let drawn: Vec<u64> = (0..5_000).map(|_| lag.draw(chance)).collect();
        assert!(drawn.iter().all(|ms| (5_000..120_000).contains(ms)));
        drawn.iter().filter(|ms| **ms >= 15_000).count()
    };
    assert_eq!(late(Lag::Usual, &mut chance), 0);
    let stragglers = late(Lag::Stragglers, &mut chance);
    assert!((60..140).contains(&stragglers), "{stragglers} of 5,000");
}
