use super::*;
use crate::config::{
    JobRef, PlaceFlags, Prepared, Request, RunnerRef, Seed, Wanted, env_override, job, runner,
};
use crate::core::ids::CustomJobName;
use crate::core::spec::{Identity, Target};

fn seed() -> Seed {
    Seed {
        now: "2026-11-23T10:15:30Z".parse().unwrap(),
        entropy: 1,
    }
}

fn request(wanted: Wanted) -> Request {
    Request {
        wanted,
        id: None,
        name: None,
        identity: Identity::default(),
    }
}

fn start(job: &str) -> Request {
    request(Wanted::Start {
        job: super::super::job(job).unwrap(),
        args: None,
        env: Vec::new(),
    })
}

fn attach(name: &str, job: Option<&str>) -> Request {
    request(Wanted::Attach {
        runner: runner(name).unwrap(),
        job: job.map(|job| super::super::job(job).unwrap()),
    })
}

fn prepare(place: PlaceFlags, request: Request) -> Result<Prepared, ConfigError> {
    let flags = Flags {
        place,
        ..Flags::default()
    };
    resolve(&flags, &world())?.prepare(request, seed())
}

fn at(project: Option<&str>, region: Option<&str>, vertex_region: Option<&str>) -> PlaceFlags {
    PlaceFlags {
        project: project.map(str::to_owned),
        region: region.map(str::to_owned),
        vertex_project: None,
        vertex_region: vertex_region.map(str::to_owned),
    }
}

#[test]
fn a_job_gets_the_settings_scope_and_the_region_assumed_for_vertex_is_said() {
    let ready = prepare(PlaceFlags::default(), start("train")).unwrap();
    assert_eq!(
        ready.spec.target.job().to_string(),
        "projects/p-gcloud/locations/us-east1/jobs/train"
    );
    assert_eq!(
        ready.spec.vertex.to_string(),
        "projects/p-gcloud/locations/us-east1"
    );
    assert_eq!(ready.notes, ["Vertex AI region not given: using us-east1"]);
    assert!(ready.spec.id.as_str().starts_with("lo-20261123-101530-"));
}

#[test]
fn a_given_vertex_region_is_not_commented_on() {
    let ready = prepare(at(None, None, Some("europe-west4")), start("train")).unwrap();
    assert_eq!(
        ready.spec.vertex.to_string(),
        "projects/p-gcloud/locations/europe-west4"
    );
    assert_eq!(ready.notes, Vec::<String>::new());
}

#[test]
fn a_full_name_outranks_settings_and_vertex_follows_it() {
    let name = "projects/p-name/locations/us-west1/jobs/train";
    let ready = prepare(PlaceFlags::default(), start(name)).unwrap();
    assert_eq!(ready.spec.target.job().to_string(), name);
    assert_eq!(
        ready.spec.vertex.to_string(),
        "projects/p-name/locations/us-west1"
    );
}

#[test]
fn a_flag_that_contradicts_a_full_name_is_a_mistake() {
    let name = "projects/p-name/locations/us-west1/jobs/train";
    let error = prepare(at(None, Some("us-east4"), None), start(name)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "--region says `us-east4`, but projects/p-name/locations/us-west1/jobs/train is in `us-west1`: leave the flag \
         out, or name another"
    );
    assert!(prepare(at(Some("p-other"), None, None), start(name)).is_err());
    // A number and an id may be the same project.
    assert!(prepare(at(Some("4019"), Some("us-west1"), None), start(name)).is_ok());
}

#[test]
fn what_is_missing_is_said_with_every_way_to_give_it() {
    let env = Table::default().var("HOME", "/h");
    let error = |env: &Table| {
        let settings = resolve(&Flags::default(), env).unwrap();
        settings.prepare(start("train"), seed()).unwrap_err().to_string()
    };
    assert_eq!(
        error(&env),
        "no project is known: give --project, set LIFTOFF_PROJECT or GOOGLE_CLOUD_PROJECT, put `project` in \
         liftoff.toml, or run `gcloud config set project PROJECT`"
    );
    assert_eq!(
        error(
            &env.var("LIFTOFF_PROJECT", "p")
                .denied("/h/.config/gcloud/active_config")
        ),
        "no region is known: give --region, set LIFTOFF_REGION or CLOUDSDK_RUN_REGION, put `region` in liftoff.toml, \
         or run `gcloud config set run/region REGION` (/h/.config/gcloud/active_config cannot be read: permission \
         denied)"
    );
}

#[test]
fn an_execution_s_short_name_says_its_job() {
    let ready = prepare(PlaceFlags::default(), attach("train-hkk8p", None)).unwrap();
    let name = "projects/p-gcloud/locations/us-east1/jobs/train/executions/train-hkk8p";
    assert!(matches!(ready.spec.target, Target::Attach(execution) if execution.to_string() == name));
}

#[test]
fn a_launch_id_is_looked_for_in_its_job_and_becomes_the_launch_s() {
    let id = "lo-20261123-101530-4f2a09bc";
    let ready = prepare(PlaceFlags::default(), attach(id, Some("train"))).unwrap();
    assert!(matches!(&ready.spec.target, Target::Find(job) if job.job == "train"));
    assert_eq!(ready.spec.id.as_str(), id);
    let error = prepare(PlaceFlags::default(), attach(id, None)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`lo-20261123-101530-4f2a09bc` is not an execution's name; if it is a launch id, say with --job-name which \
         Cloud Run job it belongs to"
    );
}

#[test]
fn a_full_execution_and_another_job_name_contradict_each_other() {
    let name = "projects/p/locations/us-east1/jobs/train/executions/train-hkk8p";
    assert!(prepare(PlaceFlags::default(), attach(name, Some("train"))).is_ok());
    let error = prepare(PlaceFlags::default(), attach(name, Some("other"))).unwrap_err();
    assert!(
        error.to_string().starts_with("--job-name says `other`, but "),
        "{error}"
    );
}

#[test]
fn a_custom_job_says_where_it_is() {
    let mut watch = attach("train-hkk8p", None);
    let name = "projects/4019/locations/europe-west4/customJobs/45";
    watch.identity.job = Some(CustomJobName::parse(name).unwrap());
    let ready = prepare(PlaceFlags::default(), watch.clone()).unwrap();
    assert_eq!(
        ready.spec.vertex.to_string(),
        "projects/4019/locations/europe-west4"
    );
    assert_eq!(ready.notes, Vec::<String>::new());
    let error = prepare(at(None, None, Some("us-east1")), watch).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("--vertex-region says `us-east1`, but "),
        "{error}"
    );
}

#[test]
fn what_is_given_for_the_runner_arrives() {
    let mut wanted = start("train");
    wanted.id = Some(crate::core::ids::LaunchId::parse("nightly").unwrap());
    wanted.wanted = Wanted::Start {
        job: job("train").unwrap(),
        args: Some(vec!["--epochs=1".to_owned()]),
        env: vec![env_override("A=1").unwrap(), env_override("B=2").unwrap()],
    };
    let spec = prepare(PlaceFlags::default(), wanted).unwrap().spec;
    assert_eq!(spec.id.as_str(), "nightly");
    match spec.target {
        Target::Start {
            args, env, id_given, ..
        } => {
            assert_eq!(args, Some(vec!["--epochs=1".to_owned()]));
            assert_eq!(
                env,
                [("A".to_owned(), "1".to_owned()), ("B".to_owned(), "2".to_owned())]
            );
            assert!(id_given);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_variable_that_is_given_twice_is_a_mistake() {
    let wanted = request(Wanted::Start {
        job: JobRef {
            scope: None,
            job: "train".to_owned(),
        },
        args: None,
        env: vec![env_override("A=hunter2").unwrap(), env_override("A=2").unwrap()],
    });
    let error = prepare(PlaceFlags::default(), wanted).unwrap_err().to_string();
    assert_eq!(error, "--env gives `A` twice: which value is meant?");
}

#[test]
fn a_name_that_is_no_launch_id_is_not_searched_for() {
    let short = RunnerRef::Short("train-hkk8p-".to_owned());
    let wanted = request(Wanted::Attach {
        runner: short,
        job: Some(job("train").unwrap()),
    });
    assert!(matches!(
        prepare(PlaceFlags::default(), wanted),
        Err(ConfigError::JobUnknown { .. })
    ));
}
