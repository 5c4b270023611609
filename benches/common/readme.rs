//! Text between two markers of a Markdown file.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// The repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Replaces what stands between `<!-- name: begin … -->` and `<!-- name: end -->` in a file of the repository.
///
/// # Errors
/// The file cannot be read or written, or has no such markers.
pub(crate) fn replace(file: &str, name: &str, text: &str) -> io::Result<()> {
    let path = root().join(file);
    let old = fs::read_to_string(&path)?;
    let lost = || io::Error::other(format!("{} has no markers of {name}", path.display()));
    let begin = old.find(&format!("<!-- {name}: begin")).ok_or_else(lost)?;
    let begin = begin + old[begin..].find("-->\n").ok_or_else(lost)? + "-->\n".len();
    let end = begin
        + old[begin..]
            .find(&format!("<!-- {name}: end -->"))
            .ok_or_else(lost)?;
    fs::write(&path, format!("{}{text}{}", &old[..begin], &old[end..]))
}
