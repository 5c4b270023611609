//! The job hub: who is told of which job, and what that costs.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use super::answers::CANDIDATES;
use super::call::ListCall;
use super::testing::{EPOCH, job, listed, subscription};
use super::turns::MANY;
use super::*;
use crate::gcp::{JobsPage, Listed};

type Inbox = Rc<RefCell<Vec<JobDelivery>>>;

struct Bench {
    feed: JobFeed,
    now: Moment,
    calls: Vec<JobCall>,
    /// Of a list of the whole window.
    pages: u32,
    /// From a request to its answer.
    takes: Duration,
}

/// Where the window begins: five seconds before [`EPOCH`].
const WINDOW: &str = "2026-11-23T09:59:55Z";

impl Bench {
    fn new() -> Self {
        let scope = Scope {
            project: "p".into(),
            region: "us-central1".into(),
        };
        let share = Share {
            alone: 240.0,
            together: 480.0,
        };
        let now = Moment {
            mono: Instant::now(),
            wall: EPOCH.parse().unwrap(),
        };
        Self {
            feed: JobFeed::new(scope, share, now.mono),
            now,
            calls: Vec::new(),
            pages: 1,
            takes: Duration::ZERO,
        }
    }

    fn subscribe(&mut self, wanted: JobSubscription) -> Inbox {
        let inbox = Inbox::default();
        let sink = Rc::clone(&inbox);
        let sink = Box::new(move |delivery| sink.borrow_mut().push(delivery));
        self.feed.subscribe(self.now.mono, &Rc::new(wanted), sink);
        inbox
    }

    /// So many launches; what each is told.
    fn crowd(&mut self, count: usize) -> Vec<Inbox> {
        (0..count)
            .map(|n| self.subscribe(subscription(&format!("l{n}"), &format!("train-{n}"))))
            .collect()
    }

    /// A second passes; lists show `jobs`, and `whole` tells the trace id of one that is read.
    fn second(&mut self, jobs: &[JobView], whole: impl Fn(&CustomJobName) -> Option<String>) {
        let end = self.now.mono + Duration::from_secs(1);
        while self.now.mono < end {
            match self.feed.next(self.now) {
                Next::Call(call) => {
                    let reply = match &call {
                        JobCall::List(call) => JobReply::Listed(Ok(self.page(jobs, call))),
                        JobCall::Fetch(name) => {
                            let known = jobs.iter().find(|job| job.name == *name).unwrap();
                            let view = JobView {
                                trace_id: whole(name),
                                ..known.clone()
                            };
                            JobReply::Fetched(name.clone(), Box::new(Ok(view)))
                        }
                    };
                    self.calls.push(call);
                    self.advance_to(self.now.mono + self.takes);
                    self.feed.on_reply(self.now, reply);
                }
                Next::At(at) => self.advance_to(at.min(end)),
                Next::Idle => self.advance_to(end),
            }
        }
    }

    /// A page of a list: pages are of `pages` equal parts where the window is listed, of one where what is new is.
    fn page(&self, jobs: &[JobView], call: &ListCall) -> JobsPage {
        let window = call.filter.contains(WINDOW);
        let number: u32 = call.token.as_ref().map_or(0, |token| token.parse().unwrap());
        let next = (window && number + 1 < self.pages).then(|| (number + 1).to_string());
        let shown = if number == 0 { jobs } else { &[] };
        let listed = shown.iter().cloned().map(listed);
        let is_fresh = |job: &Listed<JobView>| !call.texts.borrow().contains(&job.fingerprint);
        JobsPage {
            fresh: listed.filter(is_fresh).collect(),
            next,
            ..JobsPage::default()
        }
    }

    fn advance_to(&mut self, at: Instant) {
        self.now.wall += at - self.now.mono;
        self.now.mono = at;
    }

    fn fetches(&self) -> usize {
        let is_fetch = |call: &&JobCall| matches!(call, JobCall::Fetch(_));
        self.calls.iter().filter(is_fetch).count()
    }
}

fn told(inbox: &Inbox) -> Vec<String> {
    let name = |job: &JobView| job.name.id().to_owned();
    let word = |delivery: &JobDelivery| match delivery {
        JobDelivery::Jobs(jobs) => jobs.iter().map(name).collect::<Vec<_>>().join(","),
        JobDelivery::Detail(job) => format!("whole {}", name(job)),
        JobDelivery::DetailFailed(job) => format!("unreadable {}", job.id()),
        JobDelivery::Listed(_) => "listed".into(),
        JobDelivery::Health(_) => "health".into(),
    };
    let words = inbox.borrow();
    words.iter().map(word).filter(|word| word != "health").collect()
}

#[test]
fn a_marked_job_is_told_to_its_launch_alone_and_a_foreign_one_to_nobody() {
    for count in [3, 40] {
        let mut bench = Bench::new();
        let inboxes = bench.crowd(count);
        let jobs = [
            job(1, &[("cloud-run-execution", "train-1")]),
            job(2, &[("liftoff-launch", "l2")]),
            job(3, &[("cloud-run-execution", "somebody-elses")]),
        ];
        bench.second(&jobs, |_| None);
        for (n, inbox) in inboxes.iter().enumerate() {
            let wanted: &[&str] = match n {
                1 => &["1"],
                2 => &["2"],
                _ => &[],
            };
            assert_eq!(told(inbox), wanted, "launch {n} of {count}");
        }
        assert_eq!(bench.fetches(), 0, "marks say whose they are");
    }
}

#[test]
fn an_open_job_is_told_to_a_few_launches_and_kept_from_many() {
    let open = [job(1, &[])];
    let mut bench = Bench::new();
    let few = bench.crowd(FEW);
    bench.second(&open, |_| None);
    assert!(few.iter().all(|inbox| told(inbox) == ["1"]));
    let mut bench = Bench::new();
    let many = bench.crowd(FEW + 1);
    bench.second(&open, |_| None);
    assert!(many.iter().all(|inbox| told(inbox).is_empty()));
}

#[test]
fn with_many_launches_the_hub_reads_open_jobs_once_and_tells_whoever_received_their_item() {
    let mut bench = Bench::new();
    let inboxes = bench.crowd(40);
    let jobs: Vec<_> = (0..4).map(|n| job(n, &[])).collect();
    bench.second(&jobs, |_| None);
    assert_eq!(bench.fetches(), 0, "nobody has received anything");
    let launch = |n: usize| LaunchId::parse(&format!("l{n}")).unwrap();
    let item_of = |name: &CustomJobName| Some(format!("item-{}", name.id()));
    bench.feed.expect_item(&launch(7), "item-2");
    bench.second(&jobs, item_of);
    bench.feed.expect_item(&launch(9), "item-3");
    bench.second(&jobs, item_of);
    assert_eq!(told(&inboxes[7]), ["whole 2"]);
    assert_eq!(told(&inboxes[9]), ["whole 3"]);
    assert!(told(&inboxes[8]).is_empty());
    assert_eq!(bench.fetches(), 4, "each once");
}

#[test]
fn lists_go_on_while_thousands_of_open_jobs_are_read() {
    let mut bench = Bench::new();
    let _inboxes = bench.crowd(40);
    bench.feed.expect_item(&LaunchId::parse("l1").unwrap(), "item-x");
    let jobs: Vec<_> = (0..2000).map(|n| job(n, &[])).collect();
    for _ in 0..20 {
        bench.second(&jobs, |_| Some("somebody-elses".into()));
    }
    let lists = bench.calls.len() - bench.fetches();
    assert!(lists >= 20, "{lists} lists in 20 s");
    assert!(bench.calls.len() <= 8 + 20 * 8 + 1, "{} calls", bench.calls.len());
}

#[test]
fn whoever_asks_for_a_complete_list_is_told_the_newest_open_jobs_before_its_end() {
    let mut bench = Bench::new();
    let inboxes = bench.crowd(40);
    let jobs: Vec<_> = (10..60).map(|n| job(n, &[])).collect();
    bench.second(&jobs, |_| None);
    bench.feed.list(&LaunchId::parse("l5").unwrap(), bench.now.mono);
    for _ in 0..5 {
        bench.second(&jobs, |_| None);
    }
    let told = told(&inboxes[5]);
    assert_eq!(told.len(), CANDIDATES + 1);
    assert_eq!((told[0].as_str(), told[CANDIDATES].as_str()), ("40", "listed"));
}

#[test]
fn a_launch_whose_job_is_known_is_told_of_that_job_alone() {
    let mut bench = Bench::new();
    let inboxes = bench.crowd(40);
    let mine = job(1, &[("cloud-run-execution", "train-1")]);
    bench.feed.follow(&LaunchId::parse("l1").unwrap(), &mine.name);
    let later = job(2, &[("cloud-run-execution", "train-1")]);
    bench.second(&[mine, later], |_| None);
    assert_eq!(told(&inboxes[1]), ["1"]);
}

#[test]
fn the_pages_of_a_long_list_are_read_between_those_of_what_is_new_and_cost_one_every_two_seconds() {
    let mut bench = Bench::new();
    let _inboxes = bench.crowd(MANY + 1);
    (bench.pages, bench.takes) = (10, Duration::from_millis(300));
    let begun = bench.now.mono;
    for _ in 0..60 {
        bench.second(&[], |_| None);
    }
    let elapsed = (bench.now.mono - begun).as_secs_f64();
    let is_news = |call: &JobCall| matches!(call, JobCall::List(call) if !call.filter.contains(WINDOW));
    let news = bench.calls.iter().filter(|call| is_news(call)).count() as f64;
    assert!(
        (elapsed / 1.2..=elapsed / 0.9).contains(&news),
        "{news} lists of what is new in {elapsed} s"
    );
    let pages = bench.calls.len() as f64 - news;
    assert!(
        (elapsed / 2.5..=elapsed / 2.0 + 10.0).contains(&pages),
        "{pages} pages of the window"
    );
    let held_up = bench.calls[10..].split(is_news).map(<[_]>::len).max();
    assert!(held_up <= Some(3), "{held_up:?} pages between two of them");
}
