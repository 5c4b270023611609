//! What a bench leaves for others to read: files of `target/bench/`.

use std::path::{Path, PathBuf};
use std::thread::available_parallelism;
use std::{fs, io};

use serde::Serialize;

/// The folder of results.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench")
}

/// Writes what was played or measured.
pub(crate) fn write<T: Serialize + ?Sized>(name: &str, measured: &T) -> io::Result<PathBuf> {
    fs::create_dir_all(folder())?;
    let path = folder().join(name);
    fs::write(&path, serde_json::to_vec_pretty(measured)?)?;
    Ok(path)
}

/// The processor cores that this process may use: what a time on the real clock has to be read with. 0 if nobody knows.
pub(crate) fn cores() -> usize {
    available_parallelism().map_or(0, usize::from)
}
