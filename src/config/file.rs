//! One file of settings: read, bounded, parsed, and every key known.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::env::{Env, LARGEST_FILE};
use super::error::ConfigError;
use super::key::{self, Info};
use super::origin::{Origin, Owner};
use super::value::{Raw, Wrong};

/// The commented defaults built into Liftoff: the lowest layer, and the reference of all settings.
pub const DEFAULTS: &str = include_str!("../../config/default.toml");

/// What one file says, by key.
pub(super) type Layer = BTreeMap<&'static str, Found>;

/// A value and where it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// The value.
    pub(super) raw: Raw,
    /// The place.
    pub(super) origin: Origin,
}

/// Reads a file that may be absent.
pub(super) fn read(env: &dyn Env, path: &Path) -> Result<Option<String>, ConfigError> {
    let bytes = match env.read(path) {
        Ok(bytes) => bytes,
        Err(error) if is_absent(&error) => return Ok(None),
        Err(error) => return Err(ConfigError::unreadable(path, error)),
    };
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(ConfigError::TooLarge {
            path: path.to_owned(),
        });
    }
    utf8(bytes).map(Some).map_err(|line| ConfigError::NotUtf8 {
        path: path.to_owned(),
        line,
    })
}

/// The text of a file without a byte order mark, which Windows editors write; else the line of the first bad byte.
pub(super) fn utf8(bytes: Vec<u8>) -> Result<String, usize> {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)),
        Err(error) => Err(line_of(error.as_bytes(), error.utf8_error().valid_up_to())),
    }
}

/// Whether an error says that there is no such file.
pub(super) fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Parses a file of Liftoff's. `own` is where the user's file is, for advice.
pub(super) fn parse(text: &str, path: &Path, owner: Owner, own: Option<&Path>) -> Result<Layer, ConfigError> {
    let reader = FileReader {
        text,
        origin: &|line| Origin::File {
            path: path.to_owned(),
            line,
            owner,
        },
        refuse: match owner {
            Owner::Project => {
                Some(own.map_or_else(|| PathBuf::from("~/.config/liftoff/config.toml"), Path::to_owned))
            }
            Owner::User => None,
        },
    };
    reader.layer(path)
}

/// Parses the defaults.
pub(super) fn defaults() -> Result<Layer, ConfigError> {
    let reader = FileReader {
        text: DEFAULTS,
        origin: &|_| Origin::Default,
        refuse: None,
    };
    reader.layer(Path::new("config/default.toml"))
}

struct FileReader<'a> {
    text: &'a str,
    origin: &'a dyn Fn(usize) -> Origin,
    /// The user's file, where this one may not hold what is the user's own.
    refuse: Option<PathBuf>,
}

impl FileReader<'_> {
    fn layer(&self, path: &Path) -> Result<Layer, ConfigError> {
        let table = DeTable::parse(self.text).map_err(|error| ConfigError::Syntax {
            path: path.to_owned(),
            line: line_of(self.text.as_bytes(), error.span().map_or(0, |span| span.start)),
            // The parser's messages may take more than one line; ours are one.
            message: error.message().split_whitespace().collect::<Vec<_>>().join(" "),
        })?;
        let mut layer = Layer::new();
        for (name, value) in table.get_ref() {
            match value.get_ref() {
                DeValue::Table(inner) if key::TABLES.contains(&name.get_ref().as_ref()) => {
                    for (field, value) in inner {
                        let full = format!("{}.{}", name.get_ref(), field.get_ref());
                        self.take(&mut layer, &full, field.span().start, value)?;
                    }
                }
                _ => self.take(&mut layer, name.get_ref(), name.span().start, value)?,
            }
        }
        Ok(layer)
    }

    fn take(
        &self,
        layer: &mut Layer,
        name: &str,
        at: usize,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<(), ConfigError> {
        let origin = (self.origin)(line_of(self.text.as_bytes(), at));
        if let Some(table) = key::TABLES.into_iter().find(|table| *table == name) {
            let wrong = Wrong::expected(format!("a table, written [{table}]"));
            return Err(ConfigError::bad_value(&origin, table, None, wrong));
        }
        let Some(info) = key::find(name) else {
            return Err(ConfigError::unknown(
                origin,
                name,
                key::names().chain(key::TABLES),
            ));
        };
        self.permit(info, &origin)?;
        let found = Found {
            raw: raw(value.get_ref()),
            origin,
        };
        layer.insert(info.name, found);
        Ok(())
    }

    fn permit(&self, info: &Info, origin: &Origin) -> Result<(), ConfigError> {
        match (&self.refuse, info.own_only) {
            (Some(own), Some(reason)) => Err(ConfigError::NotYours {
                origin: origin.clone(),
                key: info.name,
                reason,
                own: own.clone(),
            }),
            _ => Ok(()),
        }
    }
}

fn raw(value: &DeValue<'_>) -> Raw {
    match value {
        DeValue::String(text) => Raw::Text(text.to_string()),
        DeValue::Boolean(value) => Raw::Bool(*value),
        DeValue::Integer(number) => i64::from_str_radix(&number.as_str().replace('_', ""), number.radix())
            .map_or(Raw::Other("a number that is too large"), Raw::Integer),
        DeValue::Array(items) => items
            .iter()
            .map(|item| item.get_ref().as_str().map(str::to_owned))
            .collect::<Option<Vec<_>>>()
            .map_or(Raw::Other("a list of other things than text"), Raw::List),
        DeValue::Float(_) => Raw::Other("a fraction"),
        DeValue::Datetime(_) => Raw::Other("a date"),
        DeValue::Table(_) => Raw::Other("a table"),
    }
}

/// The line that holds a byte, from 1.
fn line_of(text: &[u8], at: usize) -> usize {
    text[..at.min(text.len())].split(|b| *b == b'\n').count()
}
