//! What the cloud says is made safe before anybody sees it: no control characters, no secrets, in either output.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use liftoff::emulator::Scenario;
use liftoff::report::Reporter;
use liftoff::report::human::{Human, Verbosity};
use liftoff::report::jsonl::Jsonl;
use liftoff::report::style::{ColorChoice, Style};

use super::kit::{Stage, play, spec};

const SCENARIO: &str = r#"
summary = "a runner that prints what it should not, and fails"

[runner]
max_retries = 0

[[runner.attempt]]
start = "4s"
exit = { at = "15s", code = 1 }

[[log]]
at = "5s"
stream = "stderr"
text = "\u001b]0;owned\u0007\u001b[2J\u009b31m \u202Egnp.exe WANDB_API_KEY=0123456789abcdef0123456789abcdef01234567"

[[log]]
at = "6s"
stream = "stderr"
text = "wandb: ERROR launch: Error running job: PermissionDenied: 403 \u001b]52;c;ZXZpbA==\u0007 Authorization: Bearer ya29.a0AfH6SMBsecretsecretsecret"

[[truth]]
from = "6s"
outcome = "failure"
exit = 1
"#;

/// A writer that can be read afterwards.
#[derive(Clone, Default)]
struct Shared(Rc<RefCell<Vec<u8>>>);

impl io::Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Shared {
    fn text(&self) -> String {
        String::from_utf8(self.0.borrow().clone()).unwrap()
    }
}

#[test]
fn nothing_raw_and_nothing_secret_reaches_either_output() {
    let scenario = Scenario::parse("hostile", SCENARIO).unwrap();
    let stage = Stage {
        jobs: vec![("hostile".into(), scenario)],
        lines: true,
        ..Stage::default()
    };
    let played = play(stage, vec![spec("it-1", "hostile")]);
    let (json, human) = (Shared::default(), Shared::default());
    let style = Style::new(ColorChoice::Never, None, None, true, Some(100));
    let mut reporters: [Box<dyn Reporter>; 2] = [
        Box::new(Jsonl::new(json.clone())),
        Box::new(Human::new(human.clone(), style, Verbosity::Verbose, None)),
    ];
    for event in &played.events {
        for reporter in &mut reporters {
            reporter.event(event).unwrap();
        }
    }
    for text in [json.text(), human.text()] {
        assert!(text.contains("owned"), "the line itself is shown: {text}");
        for secret in ["0123456789abcdef0123456789", "a0AfH6SMB"] {
            assert!(!text.contains(secret), "{text}");
        }
        let raw = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
        assert_eq!(text.chars().find(|c| raw(*c)), None, "{text}");
    }
}
