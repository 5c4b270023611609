use proptest::prelude::*;

use super::*;

/// A batch of so many launches in one region.
fn batch(limits: Limits, launches: usize) -> Admission {
    Admission::new(limits, &vec![(1, 0); launches], Instant::now())
}

fn limits(max_parallel: usize) -> Limits {
    Limits {
        max_parallel,
        ..Limits::NONE
    }
}

fn turn(launch: usize, attempt: u32) -> Turn {
    Turn { launch, attempt }
}

const WELL: Ended<'static> = Ended {
    exit_code: 0,
    category: None,
    alive: false,
    crowded: false,
};

const fn failed(category: &'static str) -> Ended<'static> {
    Ended {
        exit_code: 1,
        category: Some(category),
        alive: false,
        crowded: false,
    }
}

fn all(admission: &mut Admission, now: Instant) -> Vec<Turn> {
    std::iter::from_fn(|| admission.next(now)).collect()
}

#[test]
fn as_many_begin_as_there_are_slots_and_each_end_lets_one_in() {
    let now = Instant::now();
    let mut admission = batch(limits(2), 4);
    assert_eq!(all(&mut admission, now), [turn(0, 1), turn(1, 1)]);
    assert_eq!(admission.ended(now, turn(1, 1), &WELL), Fate::Final);
    assert_eq!(all(&mut admission, now), [turn(2, 1)]);
}

#[test]
fn a_runner_that_is_alive_after_its_verdict_holds_its_slot() {
    let now = Instant::now();
    let mut admission = batch(limits(1), 2);
    all(&mut admission, now);
    let alive = Ended { alive: true, ..WELL };
    admission.ended(now, turn(0, 1), &alive);
    assert_eq!(admission.next(now), None);
    assert!(admission.is_wanting());
    admission.runner_gone(turn(0, 1));
    assert_eq!(admission.next(now), Some(turn(1, 1)));
}

#[test]
fn the_last_ones_runners_hold_nobody_up() {
    let now = Instant::now();
    let mut admission = batch(limits(1), 1);
    all(&mut admission, now);
    admission.ended(now, turn(0, 1), &Ended { alive: true, ..WELL });
    assert!(admission.is_done());
}

#[test]
fn fail_fast_stops_at_a_failure_and_at_nothing_else() {
    let now = Instant::now();
    let fail_fast = Limits {
        fail_fast: true,
        ..limits(1)
    };
    for (exit_code, stops) in [(0, false), (1, true), (3, false), (5, false), (6, false)] {
        let mut admission = batch(fail_fast, 2);
        all(&mut admission, now);
        admission.ended(now, turn(0, 1), &Ended { exit_code, ..WELL });
        assert_eq!(admission.next(now).is_none(), stops, "exit code {exit_code}");
        assert_eq!(admission.left_out().len(), usize::from(stops));
    }
}

#[test]
fn a_cause_that_can_pass_is_tried_again_later_and_one_that_cannot_is_final() {
    let now = Instant::now();
    let retrying = Limits {
        retries: 2,
        ..Limits::NONE
    };
    let mut admission = batch(retrying, 2);
    all(&mut admission, now);
    assert_eq!(
        admission.ended(now, turn(0, 1), &failed("quota-exceeded")),
        Fate::Final
    );
    assert_eq!(admission.ended(now, turn(1, 1), &failed("stockout")), Fate::Again);
    assert_eq!(admission.next(now), None, "not at once");
    let due = admission.due(now).unwrap();
    assert!(due > now && due <= now + AGAIN);
    assert_eq!(admission.next(due), Some(turn(1, 2)));
    assert_eq!(
        admission.ended(due, turn(1, 2), &failed("preempted")),
        Fate::Again
    );
    let due = admission.due(due).unwrap();
    assert_eq!(admission.next(due), Some(turn(1, 3)));
    assert_eq!(admission.ended(due, turn(1, 3), &failed("stockout")), Fate::Final);
    assert!(admission.is_done());
}

#[test]
fn a_full_cloud_run_holds_everybody_back_and_costs_no_try() {
    let now = Instant::now();
    let mut admission = batch(limits(3), 4);
    all(&mut admission, now);
    let crowded = Ended {
        exit_code: 9,
        crowded: true,
        ..WELL
    };
    admission.crowded(now, turn(2, 1));
    assert_eq!(admission.ended(now, turn(2, 1), &crowded), Fate::Again);
    assert_eq!(admission.next(now), None);
    let due = admission.due(now).unwrap();
    assert!(due > now && due <= now + CROWDED);
    assert_eq!(
        admission.next(due),
        Some(turn(2, 1)),
        "it is the first in the queue again"
    );
}

#[test]
fn after_a_stop_nothing_begins_and_what_was_left_out_is_known() {
    let now = Instant::now();
    let mut admission = batch(limits(1), 3);
    all(&mut admission, now);
    admission.stop();
    assert!(!admission.is_done(), "one still runs");
    assert_eq!(admission.ended(now, turn(0, 1), &failed("stockout")), Fate::Final);
    assert_eq!((admission.next(now), admission.due(now)), (None, None));
    assert_eq!(admission.left_out(), [turn(1, 1), turn(2, 1)]);
    assert!(admission.is_done());
}

#[test]
fn starts_are_paced_by_the_regions_quota_and_regions_do_not_wait_for_each_other() {
    let now = Instant::now();
    let paced = Limits {
        starts_per_minute: 60,
        ..Limits::NONE
    };
    let launches: Vec<_> = (0..40).map(|n| (1, n % 2)).collect();
    let mut admission = Admission::new(paced, &launches, now);
    assert_eq!(all(&mut admission, now).len(), 20, "a burst of ten in each");
    let second = now + Duration::from_secs(1);
    assert_eq!(admission.due(now), Some(second));
    assert_eq!(all(&mut admission, second), [turn(20, 1), turn(21, 1)]);
    admission.crowded(second, turn(20, 1));
    let later = second + Duration::from_secs(2);
    assert_eq!(
        all(&mut admission, later),
        [turn(23, 1), turn(25, 1)],
        "only the other region"
    );
}

proptest! {
    #[test]
    fn whatever_ends_however_no_more_are_alive_than_allowed_and_every_launch_ends_once(
        max in 1_usize..6,
        hows in prop::collection::vec((0_u8..5, any::<bool>()), 1..60),
    ) {
        let mut now = Instant::now();
        let retrying = Limits { retries: 2, ..limits(max) };
        let mut admission = batch(retrying, hows.len());
        let (mut running, mut alive) = (Vec::new(), Vec::new());
        let (mut finals, mut refused) = (vec![0; hows.len()], HashSet::new());
        while !admission.is_done() {
            while let Some(turn) = admission.next(now) {
                running.push(turn);
            }
            prop_assert!(running.len() + alive.len() <= max);
            if let Some(turn) = running.pop() {
                let (kind, lives) = hows[turn.launch];
                let how = match kind {
                    1 => failed("stockout"),
                    2 => Ended { alive: lives, ..failed("network") },
                    3 => failed("image-not-found"),
                    4 if refused.insert(turn.launch) => {
                        admission.crowded(now, turn);
                        Ended { exit_code: 9, crowded: true, ..WELL }
                    }
                    _ => Ended { alive: lives, ..WELL },
                };
                if admission.ended(now, turn, &how) == Fate::Final {
                    finals[turn.launch] += 1;
                }
                if how.alive {
                    alive.push(turn);
                }
            } else if let Some(turn) = alive.pop() {
                admission.runner_gone(turn);
            } else {
                let due = admission.due(now);
                prop_assert!(due.is_some_and(|due| due >= now), "stuck: {admission:?}");
                now = due.unwrap_or(now);
            }
        }
        prop_assert!(finals.iter().all(|ends| *ends == 1), "{finals:?}");
    }
}
