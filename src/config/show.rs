//! `liftoff config`: every setting in force and where it comes from, as TOML that can be put into a file.

use std::path::Path;

use super::choice::word;
use super::duration::{Timeout, write};
use super::journal::{JournalPlace, JournalSetting};
use super::origin::{Setting, shown};
use super::settings::{Access, Batching, Judging, Place, Reporting, Settings};

/// The column where origins begin, for values that are not longer.
const COLUMN: usize = 40;

/// All settings as TOML, each with its origin in a comment. It holds no secret: of credentials only paths are known.
pub fn show(settings: &Settings) -> String {
    let mut page = Page::default();
    page.files(settings);
    page.place(&settings.place);
    page.judging(&settings.judging);
    page.flag("detach", &settings.detach);
    page.batching(&settings.batching);
    page.reporting(&settings.reporting);
    page.journal(&settings.journal);
    page.access(&settings.access);
    page.lines.concat()
}

#[derive(Default)]
struct Page {
    lines: Vec<String>,
}

impl Page {
    fn files(&mut self, settings: &Settings) {
        for path in &settings.files {
            self.comment(&format!("read {}", shown(path)));
        }
        if let Some(own) = settings
            .own_file
            .as_ref()
            .filter(|own| !settings.files.contains(own))
        {
            self.comment(&format!("not found: your own file, {}", shown(own)));
        }
        for note in &settings.notes {
            self.comment(&format!("note: {note}"));
        }
    }

    fn place(&mut self, place: &Place) {
        self.string("project", place.project.as_ref(), "unset");
        self.string("region", place.region.as_ref(), "unset");
        self.string("vertex-project", place.vertex_project.as_ref(), "same as project");
        self.string("vertex-region", place.vertex_region.as_ref(), "same as region");
    }

    fn judging(&mut self, judging: &Judging) {
        self.word("until", &judging.until);
        let deadline = judging.deadline().map_or_else(|| "none".to_owned(), write);
        match &judging.timeout {
            Some(Setting { origin, value }) => {
                let text = match value {
                    Timeout::After(limit) => write(*limit),
                    Timeout::Never => "none".to_owned(),
                };
                self.line("timeout", &quote(&text), &origin.to_string());
            }
            None => self.line("timeout", &quote(&deadline), "default of this goal"),
        }
        self.word("attribution", &judging.attribution);
        self.flag("accept-unconfirmed", &judging.accept_unconfirmed);
        self.word("on-failure", &judging.on_failure);
        self.word("on-timeout", &judging.on_timeout);
        self.word("on-interrupt", &judging.on_interrupt);
        let patterns: Vec<String> = judging.patterns.value.iter().map(|p| quote_path(p)).collect();
        self.line(
            "patterns",
            &format!("[{}]", patterns.join(", ")),
            &judging.patterns.origin.to_string(),
        );
    }

    fn batching(&mut self, batching: &Batching) {
        self.number("max-parallel", &batching.max_parallel);
        self.number("retry-failed", &batching.retry_failed);
        self.flag("fail-fast", &batching.fail_fast);
    }

    fn reporting(&mut self, reporting: &Reporting) {
        self.word("output", &reporting.output);
        self.word("color", &reporting.color);
        self.word("verbosity", &reporting.verbosity);
        self.flag("logs", &reporting.logs);
        self.path("events-file", reporting.events_file.as_ref());
        self.path("verdict-file", reporting.verdict_file.as_ref());
        self.path("junit", reporting.junit.as_ref());
        self.path("report", reporting.report.as_ref());
    }

    fn journal(&mut self, journal: &JournalSetting) {
        match (&journal.chosen, &journal.usual) {
            (Some(Setting { value, origin }), _) => {
                let text = match value {
                    JournalPlace::File(path) => quote_path(path),
                    JournalPlace::None => quote("none"),
                };
                self.line("journal", &text, &origin.to_string());
            }
            (None, Some(usual)) => self.line("journal", &quote_path(usual), "default"),
            (None, None) => self.comment("journal: none, because there is no home"),
        }
    }

    fn access(&mut self, access: &Access) {
        self.path("credentials-file", access.credentials_file.as_ref());
        self.string("quota-project", access.quota_project.as_ref(), "unset");
        self.lines.push("\n[quota]\n".to_owned());
        self.number("logging", &access.quota_logging);
        self.number("vertex", &access.quota_vertex);
        self.number("run", &access.quota_run);
        self.lines.push("\n[endpoints]\n".to_owned());
        let endpoints = &access.endpoints;
        self.string("run", endpoints.run.as_ref(), "Google's");
        self.string("logging", endpoints.logging.as_ref(), "Google's");
        self.string("aiplatform", endpoints.aiplatform.as_ref(), "Google's");
    }

    fn string(&mut self, key: &str, setting: Option<&Setting<String>>, otherwise: &str) {
        match setting {
            Some(setting) => self.line(key, &quote(&setting.value), &setting.origin.to_string()),
            None => self.comment(&format!("{key}: {otherwise}")),
        }
    }

    fn path(&mut self, key: &str, setting: Option<&Setting<std::path::PathBuf>>) {
        match setting {
            Some(setting) => self.line(key, &quote_path(&setting.value), &setting.origin.to_string()),
            None => self.comment(&format!("{key}: unset")),
        }
    }

    fn word<T: clap::ValueEnum>(&mut self, key: &str, setting: &Setting<T>) {
        self.line(key, &quote(&word(&setting.value)), &setting.origin.to_string());
    }

    fn flag(&mut self, key: &str, setting: &Setting<bool>) {
        self.line(key, &setting.value.to_string(), &setting.origin.to_string());
    }

    fn number(&mut self, key: &str, setting: &Setting<u32>) {
        self.line(key, &setting.value.to_string(), &setting.origin.to_string());
    }

    fn line(&mut self, key: &str, value: &str, origin: &str) {
        let left = format!("{key} = {value}");
        self.lines.push(format!("{left:COLUMN$} # {origin}\n"));
    }

    fn comment(&mut self, text: &str) {
        self.lines.push(format!("# {text}\n"));
    }
}

fn quote(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn quote_path(path: &Path) -> String {
    quote(&path.to_string_lossy())
}
