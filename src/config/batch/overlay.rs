//! The settings of one launch: what it says itself is stronger than all but flags.

use std::collections::BTreeMap;

use super::entry::{At, Entry};
use crate::config::origin::{Origin, Owner, Setting};
use crate::config::settings::Settings;

/// Puts launches' own settings over those of the command.
#[derive(Debug)]
pub(super) struct Overlay<'a> {
    settings: &'a Settings,
    file: &'a str,
    /// Which flags outrank what the file says, of how many launches.
    outranked: BTreeMap<&'static str, usize>,
}

impl<'a> Overlay<'a> {
    pub(super) fn new(settings: &'a Settings, file: &'a str) -> Self {
        Self {
            settings,
            file,
            outranked: BTreeMap::new(),
        }
    }

    /// The settings of this launch.
    pub(super) fn of(&mut self, entry: &Entry) -> Settings {
        let mut settings = self.settings.clone();
        let place = &mut settings.place;
        self.optional(&mut place.project, entry.project.as_ref());
        self.optional(&mut place.region, entry.region.as_ref());
        self.optional(&mut place.vertex_project, entry.vertex_project.as_ref());
        self.optional(&mut place.vertex_region, entry.vertex_region.as_ref());
        let judging = &mut settings.judging;
        self.optional(&mut judging.timeout, entry.timeout.as_ref());
        self.needed(&mut judging.until, entry.until.as_ref());
        self.needed(&mut judging.attribution, entry.attribution.as_ref());
        self.needed(&mut judging.accept_unconfirmed, entry.accept_unconfirmed.as_ref());
        self.needed(&mut judging.on_failure, entry.on_failure.as_ref());
        self.needed(&mut judging.on_timeout, entry.on_timeout.as_ref());
        self.needed(&mut judging.on_interrupt, entry.on_interrupt.as_ref());
        settings
    }

    /// Which flags were stronger than the file, in words.
    pub(super) fn notes(&self) -> impl Iterator<Item = String> {
        self.outranked.iter().map(|(flag, launches)| {
            let told = match launches {
                1 => "one launch".to_owned(),
                several => format!("{several} launches"),
            };
            format!("{flag} outranks what {} says for {told}", self.file)
        })
    }

    fn optional<T: Clone>(&mut self, setting: &mut Option<Setting<T>>, own: Option<&At<T>>) {
        match (setting, own) {
            (Some(setting), own) => self.needed(setting, own),
            (unset, Some(own)) => *unset = Some(self.said(own)),
            (None, None) => {}
        }
    }

    fn needed<T: Clone>(&mut self, setting: &mut Setting<T>, own: Option<&At<T>>) {
        match (&setting.origin, own) {
            (_, None) => {}
            (Origin::Flag(flag), Some(_)) => *self.outranked.entry(flag).or_default() += 1,
            (_, Some(own)) => *setting = self.said(own),
        }
    }

    fn said<T: Clone>(&self, own: &At<T>) -> Setting<T> {
        Setting {
            value: own.value.clone(),
            origin: Origin::File {
                path: self.file.into(),
                line: own.line,
                owner: Owner::Project,
            },
        }
    }
}
