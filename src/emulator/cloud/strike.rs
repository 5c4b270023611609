//! What the faults of the server and of the runs do to requests, and to tails while they are open.

use std::time::Duration;

use jiff::Timestamp;

use super::{Cloud, LAUNCH_ID};
use crate::emulator::{
    clock::{between, later},
    fault::{Moment, Strike},
    method::Call,
    names::project_number,
    timeline::Run,
};

impl Cloud {
    /// What the faults that are open now do to a request.
    pub(crate) fn strike(&mut self, call: &Call) -> Strike {
        let (method, mut strike) = (call.method.id, Strike::default());
        let since_start = between(self.clock.epoch(), call.arrived);
        self.book
            .strike(&mut strike, "server", &self.extra_faults, |fault| {
                fault.names(method) && fault.open_at(since_start)
            });
        if method == "run.jobs.run" {
            self.strike_start(&mut strike, call);
            return strike;
        }
        let project = call.project();
        let number = if project.is_empty() {
            String::new()
        } else {
            project_number(&project)
        };
        self.disarm(call.arrived);
        let armed = self.armed.iter().filter_map(|index| self.runs.get(*index));
        for run in armed.filter(|run| concerns(call, &number, run)) {
            let (scope, offset) = (&run.names.execution, run.pace.offset(call.arrived));
            self.book
                .strike(&mut strike, scope, &run.scenario.faults, |fault| {
                    fault.names(method) && fault.open_at(offset)
                });
        }
        strike
    }

    /// A scenario's faults on its own `jobs.run`, which is at offset zero of it.
    fn strike_start(&mut self, strike: &mut Strike, call: &Call) {
        let (project, region, job) = (call.param("project"), call.param("location"), call.param("job"));
        let faults = self
            .jobs_of_run
            .find(project, region, job)
            .map(|job| &job.life.scenario.faults);
        if let Some(faults) = faults.filter(|faults| !faults.is_empty()) {
            let scope = format!("run {}", launch_of(call));
            self.book.strike(strike, &scope, faults, |fault| {
                fault.names(call.method.id) && fault.open_at(Duration::ZERO)
            });
        }
    }

    /// What the faults do at a moment of a tail of these projects.
    pub(crate) fn strike_tail(&mut self, projects: &[String], moment: Moment, now: Timestamp) -> Strike {
        let (mut strike, epoch) = (Strike::default(), self.clock.epoch());
        self.book
            .strike(&mut strike, "server", &self.extra_faults, |fault| {
                fault.strikes_tail(moment, now, |at| between(epoch, at))
            });
        self.disarm(now);
        let armed = self.armed.iter().filter_map(|index| self.runs.get(*index));
        for run in armed.filter(|run| projects.contains(&run.names.number)) {
            self.book
                .strike(&mut strike, &run.names.execution, &run.scenario.faults, |fault| {
                    fault.strikes_tail(moment, now, |at| run.pace.offset(at))
                });
        }
        strike
    }

    /// When the next fault that ends open tails of these projects comes, after `since`.
    pub(crate) fn next_fault(&self, projects: &[String], since: Timestamp) -> Option<Timestamp> {
        let epoch = self.clock.epoch();
        let of_server = self.extra_faults.iter().filter(|fault| fault.ends_tails());
        let of_server = of_server.map(|fault| later(epoch, fault.from.0));
        let armed = self.armed.iter().filter_map(|index| self.runs.get(*index));
        let of_runs = armed
            .filter(|run| projects.contains(&run.names.number))
            .flat_map(|run| {
                let faults = run.scenario.faults.iter().filter(|fault| fault.ends_tails());
                faults.map(|fault| run.pace.at(fault.from.0))
            });
        of_server.chain(of_runs).filter(|at| *at > since).min()
    }

    /// Forgets runs whose faults are all over.
    fn disarm(&mut self, now: Timestamp) {
        let runs = &self.runs;
        self.armed
            .retain(|index| runs.get(*index).is_some_and(|run| may_strike(run, now)));
    }
}

/// Whether a fault of a run can still hit something: one of its windows is open or to come.
fn may_strike(run: &Run, now: Timestamp) -> bool {
    let offset = run.pace.offset(now);
    run.scenario
        .faults
        .iter()
        .any(|fault| fault.to.is_none_or(|to| offset < to.0))
}

/// Whether a request for the project of that number (empty: for any) can be about an execution: nothing that it
/// names is another's.
fn concerns(call: &Call, number: &str, run: &Run) -> bool {
    let names = |name: &str, value: &str| matches!(call.param(name), "" | "-") || call.param(name) == value;
    (number.is_empty() || number == run.names.number)
        && names("job", &run.names.job)
        && names("execution", &run.names.execution)
}

/// What tells one launch from another before there is an execution: the launch id in the override, or the job.
fn launch_of(call: &Call) -> String {
    let body: serde_json::Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let overrides = body["overrides"]["containerOverrides"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let variables = overrides.iter().filter_map(|one| one["env"].as_array()).flatten();
    let launch = variables
        .filter(|variable| variable["name"] == LAUNCH_ID)
        .find_map(|variable| variable["value"].as_str());
    launch.unwrap_or(call.param("job")).to_owned()
}
