//! Bytes in, whole lines out, in bounded memory.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::cli::failure::Failure;
use crate::core::text::lossy;

/// Bytes asked for at once: fits the second-level cache together with the patterns.
const CHUNK: usize = 128 * 1024;

/// Where lines come from.
#[derive(Debug, Clone)]
pub(super) struct Source(Option<PathBuf>);

impl Source {
    /// A file, or standard input where there is none or it is `-`.
    pub(super) fn new(file: Option<&Path>) -> Self {
        Self(file.filter(|file| *file != Path::new("-")).map(Path::to_path_buf))
    }

    /// How messages name it.
    pub(super) fn name(&self) -> String {
        self.0
            .as_ref()
            .map_or_else(|| "standard input".to_owned(), |path| path.display().to_string())
    }

    pub(super) fn open(&self) -> Result<Box<dyn Read>, Failure> {
        let Some(path) = &self.0 else {
            return Ok(Box::new(io::stdin().lock()));
        };
        let file = File::open(path).map_err(|error| self.unreadable(&error))?;
        Ok(Box::new(file))
    }

    /// It cannot be read (on).
    pub(super) fn unreadable(&self, error: &io::Error) -> Failure {
        Failure::usage(
            "unreadable-input",
            format!("{} cannot be read: {error}", self.name()),
            None,
        )
    }

    /// What stands at a line is no input of its kind.
    pub(super) fn malformed(&self, line: u64, what: &str, hint: &str) -> Failure {
        let message = format!("{}:{line}: {what}", self.name());
        Failure::usage("malformed-input", message, Some(hint.to_owned()))
    }
}

/// Cuts what a reader gives into chunks of whole lines. The end of a line longer than the limit is left out.
#[derive(Debug)]
pub(super) struct Lines<R> {
    reader: R,
    buffer: Vec<u8>,
    /// Bytes of the buffer that were handed out.
    used: usize,
    /// Bytes of the buffer that were read.
    filled: usize,
    /// Longest line in bytes.
    longest: usize,
    /// The bytes that end a line.
    ends: fn(&[u8]) -> Option<usize>,
    over: bool,
}

/// The last line end of a text whose lines newlines and carriage returns end.
pub(super) fn last_end(bytes: &[u8]) -> Option<usize> {
    memchr::memrchr2(b'\n', b'\r', bytes)
}

/// The last newline.
pub(super) fn last_newline(bytes: &[u8]) -> Option<usize> {
    memchr::memrchr(b'\n', bytes)
}

impl<R: Read> Lines<R> {
    pub(super) fn new(reader: R, longest: usize, ends: fn(&[u8]) -> Option<usize>) -> Self {
        Self {
            reader,
            buffer: vec![0; longest + CHUNK],
            used: 0,
            filled: 0,
            longest,
            ends,
            over: false,
        }
    }

    /// The next lines as they arrive, damaged UTF-8 mended; `None` at the end. Only the last may lack its end.
    pub(super) fn next(&mut self) -> io::Result<Option<Cow<'_, str>>> {
        self.buffer.copy_within(self.used..self.filled, 0);
        self.filled -= self.used;
        self.used = 0;
        while !self.over {
            let from = self.filled.min(self.longest);
            let count = self.read_into(from)?;
            self.over = count == 0;
            let end = (self.ends)(&self.buffer[from..from + count]);
            let whole = self.filled < self.longest;
            if let Some(end) = end {
                self.take_end(from, end, count, whole);
                return Ok(Some(self.text()));
            }
            if whole {
                self.filled = from + count;
            }
        }
        self.filled = self.filled.min(self.longest.max(self.used));
        self.used = self.filled;
        Ok((self.used > 0).then(|| self.text()))
    }

    /// Ends the lines at `end` of the `count` bytes that came to stand at `from`; of a line that was cut there, what came
    /// before its end is left out.
    fn take_end(&mut self, from: usize, end: usize, count: usize, whole: bool) {
        if whole {
            (self.used, self.filled) = (from + end + 1, from + count);
            return;
        }
        let first = from + memchr::memchr2(b'\n', b'\r', &self.buffer[from..from + count]).unwrap_or(end);
        self.buffer.copy_within(first..from + count, from);
        self.filled = from + (from + count - first);
        self.used = from + (from + end + 1 - first);
    }

    fn text(&self) -> Cow<'_, str> {
        lossy(&self.buffer[..self.used])
    }

    fn read_into(&mut self, from: usize) -> io::Result<usize> {
        loop {
            match self.reader.read(&mut self.buffer[from..from + CHUNK]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a few bytes at a time.
    struct Drip<'a>(&'a [u8], usize);

    impl Read for Drip<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(into.len());
            into[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn all(bytes: &[u8], step: usize, longest: usize) -> Vec<String> {
        let mut lines = Lines::new(Drip(bytes, step), longest, last_end);
        let mut all = Vec::new();
        while let Some(text) = lines.next().unwrap() {
            all.push(text.into_owned());
        }
        all
    }

    #[test]
    fn however_bytes_arrive_the_lines_are_the_same() {
        let text = "one\ntwo\r\nthree é\n\nlast";
        for step in 1..=text.len() {
            assert_eq!(all(text.as_bytes(), step, 64).concat(), text, "{step}");
        }
        assert_eq!(all(b"a\xff\n", 1, 64), ["a\u{fffd}\n"]);
        assert_eq!(all(b"", 1, 64), Vec::<String>::new());
    }

    #[test]
    fn the_end_of_an_endless_line_is_left_out() {
        let text = [&b"short\n"[..], &[b'x'; 5000], b"\nafter\n", &[b'y'; 3000]].concat();
        for step in [1, 7, 64, 4096] {
            let lines = all(&text, step, 100).concat();
            let lengths: Vec<usize> = lines.lines().map(str::len).collect();
            assert!(
                lines.starts_with("short\nxxx") && lines.contains("x\nafter\nyyy"),
                "{step}"
            );
            assert_eq!(lengths[1].max(100 + step), 100 + step, "{step}: {lengths:?}");
            assert!(lengths[3] <= 100, "{step}: {lengths:?}");
        }
    }
}
