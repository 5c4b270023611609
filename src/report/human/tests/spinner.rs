//! The spinner: it turns at a terminal alone.

use std::sync::{Arc, Mutex};

use indicatif::TermLike;

use super::*;

/// A terminal that keeps what it is told.
#[derive(Clone, Debug, Default)]
struct Screen(Arc<Mutex<String>>);

impl Screen {
    fn add(&self, text: &str) {
        self.0.lock().unwrap().push_str(text);
    }
}

impl TermLike for Screen {
    fn width(&self) -> u16 {
        80
    }
    fn move_cursor_up(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn move_cursor_down(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn move_cursor_right(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn move_cursor_left(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn write_line(&self, text: &str) -> io::Result<()> {
        self.add(text);
        Ok(())
    }
    fn write_str(&self, text: &str) -> io::Result<()> {
        self.add(text);
        Ok(())
    }
    fn clear_line(&self) -> io::Result<()> {
        self.add("<clear>");
        Ok(())
    }
    fn flush(&self) -> io::Result<()> {
        Ok(())
    }
}

fn drawn(style: Style, verbosity: Verbosity) -> String {
    let screen = Screen::default();
    let target = ProgressDrawTarget::term_like(Box::new(screen.clone()));
    let mut reporter = Human::new(Vec::new(), style, verbosity, Some(target));
    for event in launch(sample::verdict(sample::failure())) {
        reporter.event(&event).unwrap();
    }
    reporter.finish().unwrap();
    screen.0.lock().unwrap().clone()
}

#[test]
fn turns_at_a_terminal_and_leaves_nothing_behind() {
    let text = drawn(TERMINAL, Verbosity::Normal);
    assert!(text.contains("starting the runner"), "{text:?}");
    assert!(text.trim_end().ends_with("<clear>"), "{text:?}");
}

#[test]
fn does_not_turn_in_a_file_or_where_quiet_was_asked_for() {
    assert_eq!(drawn(Style::PLAIN, Verbosity::Normal), "");
    assert_eq!(drawn(TERMINAL, Verbosity::Quiet), "");
}
