//! What is learnt of custom jobs.

use crate::core::Moment;
use crate::core::decide::LaunchState;
use crate::core::decide::facts::{JobFact, Trace};
use crate::core::ids::CustomJobName;
use crate::core::job::{JobState, JobView};
use crate::core::signal::Effect;
use crate::core::source::Source;

impl LaunchState {
    pub(super) fn learn_job(&mut self, now: Moment, view: JobView, out: &mut Vec<Effect>) {
        if !self.in_window(&view) {
            return;
        }
        let name = view.name.clone();
        let Some(fact) = self.jobs.known.get_mut(&name) else {
            let fact = JobFact {
                view,
                first_seen: now.mono,
                trace: Trace::Unread,
            };
            self.jobs.known.insert(name.clone(), Box::new(fact));
            return self.tell_job(now, &name, out);
        };
        let known = &fact.view;
        let older = matches!((view.update_time, known.update_time), (Some(new), Some(old)) if new < old);
        if older || known.state.is_end() {
            return;
        }
        let changed = known.state != view.state;
        fact.view = JobView {
            trace_id: known.trace_id.clone(),
            ..view
        };
        if changed {
            self.tell_job(now, &name, out);
        }
    }

    /// Tells the state of a job that is known to be ours; candidates are told by the ownership rule.
    pub(in crate::core::decide) fn tell_job(
        &mut self,
        now: Moment,
        name: &CustomJobName,
        out: &mut Vec<Effect>,
    ) {
        if self.jobs.pinned.as_ref() != Some(name) {
            return;
        }
        let Some(fact) = self.jobs.known.get(name) else {
            return;
        };
        let state = &fact.view.state;
        let at = if state.is_end() {
            fact.view.end_time
        } else {
            fact.view.update_time
        };
        let note = match state {
            JobState::Paused => "; it can be resumed",
            JobState::Other(_) => ", a state that this version of Liftoff does not know; taken as not an end",
            _ => "",
        };
        let what = format!("{name} is {state}{note}");
        self.evidence.add(now, Source::Vertex, at, true, &what, out);
    }

    pub(super) fn learn_detail(&mut self, now: Moment, view: JobView, out: &mut Vec<Effect>) {
        let trace = view.trace_id.clone();
        let name = view.name.clone();
        self.learn_job(now, view, out);
        if let Some(fact) = self.jobs.known.get_mut(&name) {
            fact.trace = Trace::Known(trace);
        }
    }
}
