//! The bytes of a batch file, bounded, and which format they are in.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use clap::ValueEnum;

use super::error::BatchError;
use crate::config::file::utf8;
use crate::config::origin::shown;

/// The largest batch file, in bytes: a hundred thousand launches written out in full.
const LARGEST: u64 = 32 << 20;

/// What stands for the standard input.
const STDIN: &str = "-";

/// The format of a batch file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// `[defaults]` and one `[[launch]]` each
    Toml,
    /// {"defaults": {…}, "launch": [{…}]}
    Json,
    /// One launch a row, field names in the header
    Csv,
}

/// A batch file that was read and not yet looked into.
#[derive(Clone, Debug)]
pub struct BatchSource {
    /// How errors name it: its path made safe, or `stdin`.
    pub name: String,
    /// Its format.
    pub format: Format,
    /// Its text.
    pub(super) text: String,
}

impl BatchSource {
    /// Reads a file, or the standard input for `-`. The format is the flag's, else the extension's. Pipes are files too:
    /// a shell makes one of `<(generate)`.
    pub fn open(path: &Path, format: Option<Format>) -> Result<Self, BatchError> {
        let stdin = path == Path::new(STDIN);
        let name = if stdin { "stdin".to_owned() } else { shown(path) };
        let format = format
            .or_else(|| by_extension(path))
            .ok_or_else(|| BatchError::UnknownFormat { name: name.clone() })?;
        let bytes = if stdin {
            bounded(io::stdin().lock())
        } else {
            file(path)
        };
        match bytes {
            Ok(bytes) => Self::new(name, format, bytes),
            Err(source) => Err(BatchError::Unreadable { name, source }),
        }
    }

    /// SHA-256 of its text, in hexadecimal.
    pub fn digest(&self) -> String {
        let digest = ring::digest::digest(&ring::digest::SHA256, self.text.as_bytes());
        digest.as_ref().iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }

    /// A batch file from its bytes.
    pub fn new(name: String, format: Format, bytes: Vec<u8>) -> Result<Self, BatchError> {
        if bytes.len() as u64 > LARGEST {
            return Err(BatchError::TooLarge {
                name,
                mib: LARGEST >> 20,
            });
        }
        match utf8(bytes) {
            Ok(text) => Ok(Self { name, format, text }),
            Err(line) => Err(BatchError::NotUtf8 { name, line }),
        }
    }
}

fn by_extension(path: &Path) -> Option<Format> {
    let extension = path.extension()?.to_str()?;
    Format::from_str(extension, true).ok()
}

fn file(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    bounded(file)
}

/// One byte more than is allowed, so that too much is seen to be too much.
fn bounded(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(LARGEST + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
