//! A text that was sifted: which of its lines a pattern may speak for is known, the others can be passed over together.

use super::line::first_line;

/// The rest of a text, with the lines marked that are of interest.
#[derive(Clone, Debug)]
pub struct Sifted<'t> {
    rest: &'t str,
    /// Bytes of the text before the rest.
    passed: usize,
    /// A place in each line of interest, in order.
    marked: std::vec::IntoIter<usize>,
    /// The lines that were passed over last.
    quiet: &'t str,
}

impl<'t> Sifted<'t> {
    pub(super) fn new(text: &'t str, marked: Vec<usize>) -> Self {
        Self {
            rest: text,
            passed: 0,
            marked: marked.into_iter(),
            quiet: "",
        }
    }

    /// A text of which every line is of interest, as if it had not been sifted: the longer way that must say the same.
    #[cfg(test)]
    pub(crate) fn unsifted(text: &'t str) -> Self {
        let ends = text.bytes().enumerate();
        let starts = ends.filter_map(|(at, byte)| matches!(byte, b'\n' | b'\r').then_some(at + 1));
        Self::new(text, std::iter::once(0).chain(starts).collect())
    }

    /// What was not taken yet.
    pub fn rest(&self) -> &'t str {
        self.rest
    }

    /// Whether no pattern can speak for any line of the rest.
    pub fn is_quiet(&mut self) -> bool {
        self.first_marked().is_none()
    }

    /// Takes the whole lines before the first one of interest, with their ends.
    pub fn take_quiet(&mut self) -> &'t str {
        let end = match self.first_marked() {
            None => self.rest.len(),
            Some(at) => {
                let end = memchr::memrchr2(b'\n', b'\r', &self.rest.as_bytes()[..at]);
                end.map_or(0, |end| end + 1)
            }
        };
        if end > 0 {
            self.quiet = self.take(end);
            return self.quiet;
        }
        ""
    }

    /// The quiet lines that were taken last.
    pub fn quiet(&self) -> &'t str {
        self.quiet
    }

    /// Takes a line, without what ends it, and that byte; the last may have none.
    pub fn take_line(&mut self) -> (&'t str, Option<u8>) {
        let (line, _) = first_line(self.rest);
        let end = self.rest.as_bytes().get(line.len()).copied();
        self.take(line.len() + usize::from(end.is_some()));
        (line, end)
    }

    /// Where in the rest the first line of interest has its mark.
    fn first_marked(&mut self) -> Option<usize> {
        while let Some(&place) = self.marked.as_slice().first() {
            if let Some(at) = place.checked_sub(self.passed) {
                return Some(at);
            }
            self.marked.next();
        }
        None
    }

    fn take(&mut self, length: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        self.passed += length;
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_lines_are_taken_together_and_the_others_one_by_one() {
        let text = "one\ntwo\n\nloud 1\rloud 2\nthree\nlast";
        let mut sifted = Sifted::new(text, vec![11, 20]);
        assert_eq!(sifted.take_quiet(), "one\ntwo\n\n");
        assert_eq!(sifted.take_quiet(), "");
        assert_eq!(sifted.take_line(), ("loud 1", Some(b'\r')));
        assert!(!sifted.is_quiet());
        assert_eq!(sifted.take_line(), ("loud 2", Some(b'\n')));
        assert!(sifted.is_quiet());
        assert_eq!(sifted.take_line(), ("three", Some(b'\n')));
        assert_eq!(sifted.take_quiet(), "last");
        assert_eq!((sifted.take_line(), sifted.rest()), (("", None), ""));
    }
}
