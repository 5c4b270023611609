//! The jobs as last read, and by which texts lists show them.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use jiff::Timestamp;

use crate::core::ids::CustomJobName;
use crate::core::job::{CLOCK_SLACK, JobView};
use crate::gcp::{Fingerprint, Listed};

/// What was read, and a call in flight may look at when its answer comes.
pub(super) type SharedTexts = Rc<RefCell<HashSet<Fingerprint>>>;

/// Every job of the window. A job's trace id, once read, is kept with it: lists do not show it.
#[derive(Default)]
pub(super) struct Board {
    /// Boxed: of a large table up to half the places are empty.
    jobs: HashMap<CustomJobName, Box<Posted>>,
    /// Those of the jobs that are here, and no others: whoever asks for a job that reads as before finds it here.
    texts: SharedTexts,
}

struct Posted {
    view: JobView,
    /// It was read whole: a trace id that is missing then is missing for good.
    whole: bool,
    /// By which a list showed it last, if one did.
    text: Option<Fingerprint>,
}

impl Board {
    /// The texts that need not be read again.
    pub(super) fn texts(&self) -> SharedTexts {
        Rc::clone(&self.texts)
    }

    /// Takes what is fresh on a page; gives back what is new or has changed, oldest first.
    pub(super) fn take(&mut self, fresh: Vec<Listed<JobView>>) -> Vec<JobView> {
        let mut news: Vec<JobView> = fresh.into_iter().filter_map(|job| self.post(job)).collect();
        news.sort_by(by_age);
        news
    }

    fn post(&mut self, listed: Listed<JobView>) -> Option<JobView> {
        let text = listed.fingerprint;
        self.texts.borrow_mut().insert(text);
        let Some(known) = self.jobs.get_mut(&listed.item.name) else {
            self.put(Posted {
                view: listed.item.clone(),
                whole: false,
                text: Some(text),
            });
            return Some(listed.item);
        };
        if let Some(before) = known.text.replace(text).filter(|before| *before != text) {
            self.texts.borrow_mut().remove(&before);
        }
        let trace_id = known.view.trace_id.clone();
        let view = JobView {
            trace_id,
            ..listed.item
        };
        let changed = known.view != view;
        known.view.clone_from(&view);
        changed.then_some(view)
    }

    fn put(&mut self, posted: Posted) {
        self.jobs.insert(posted.view.name.clone(), Box::new(posted));
    }

    /// The jobs that `test` accepts, oldest first.
    pub(super) fn find(&self, test: impl Fn(&JobView) -> bool) -> Vec<&JobView> {
        let all = self.jobs.values().map(|posted| &posted.view);
        let mut jobs: Vec<_> = all.filter(|job| test(job)).collect();
        jobs.sort_by(|a, b| by_age(a, b));
        jobs
    }

    /// A job that was read whole before, with its present state.
    pub(super) fn detail(&self, name: &CustomJobName) -> Option<JobView> {
        let posted = self.jobs.get(name).filter(|posted| posted.whole)?;
        Some(posted.view.clone())
    }

    /// Keeps a job that was read whole.
    pub(super) fn keep_whole(&mut self, job: &JobView) {
        let text = self.jobs.get(&job.name).and_then(|known| known.text);
        self.put(Posted {
            view: job.clone(),
            whole: true,
            text,
        });
    }

    /// No subscriber is concerned with jobs from before this.
    pub(super) fn forget_before(&mut self, oldest: Timestamp) {
        if let Ok(bound) = oldest.checked_sub(CLOCK_SLACK) {
            let texts = &mut *self.texts.borrow_mut();
            self.jobs.retain(|_, posted| {
                let kept = posted.view.create_time >= bound;
                if let Some(text) = posted.text.filter(|_| !kept) {
                    texts.remove(&text);
                }
                kept
            });
        }
    }
}

/// Oldest first.
fn by_age(a: &JobView, b: &JobView) -> Ordering {
    (a.create_time, a.name.id()).cmp(&(b.create_time, b.name.id()))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{job, listed};
    use super::*;
    use crate::core::job::JobState;

    fn running(number: u64) -> JobView {
        let state = JobState::Running;
        JobView {
            state,
            ..job(number, &[])
        }
    }

    /// The texts that it knows, and the jobs that it has.
    fn size(board: &Board) -> (usize, usize) {
        (board.texts.borrow().len(), board.jobs.len())
    }

    #[test]
    fn a_job_is_known_by_the_text_that_showed_it_last() {
        let mut board = Board::default();
        assert_eq!(
            board.take(vec![listed(job(2, &[])), listed(job(1, &[]))]).len(),
            2
        );
        assert_eq!(board.take(vec![listed(running(1))]), [running(1)]);
        assert_eq!(board.take(vec![listed(running(1))]), []);
        assert_eq!(size(&board), (2, 2));
        let knows = |job| board.texts().borrow().contains(&listed(job).fingerprint);
        assert!(knows(running(1)) && knows(job(2, &[])) && !knows(job(1, &[])));
    }

    #[test]
    fn a_job_that_was_read_whole_keeps_its_trace_id_and_its_text() {
        let mut board = Board::default();
        board.take(vec![listed(job(1, &[]))]);
        let trace_id = Some("item".to_owned());
        board.keep_whole(&JobView {
            trace_id: trace_id.clone(),
            ..job(1, &[])
        });
        assert_eq!(size(&board), (1, 1));
        let news = board.take(vec![listed(running(1))]);
        assert_eq!(
            news,
            [JobView {
                trace_id,
                ..running(1)
            }]
        );
        assert_eq!(board.detail(&news[0].name).as_ref(), Some(&news[0]));
        assert_eq!(size(&board), (1, 1));
    }

    #[test]
    fn a_job_that_is_forgotten_is_read_again() {
        let mut board = Board::default();
        board.take(vec![listed(job(1, &[]))]);
        board.keep_whole(&job(2, &[]));
        let created = job(1, &[]).create_time;
        board.forget_before(created);
        assert_eq!(size(&board), (1, 2));
        board.forget_before(created + CLOCK_SLACK * 2);
        assert_eq!(size(&board), (0, 0));
        assert_eq!(board.take(vec![listed(job(1, &[]))]).len(), 1);
    }
}
