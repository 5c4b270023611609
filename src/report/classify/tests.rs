use serde_json::json;

use super::*;
use crate::core::pattern::PatternSet;
use crate::core::reader::{Passage, TextReader};
use crate::report::style::Style;

const LOG: &str = "wandb: ERROR launch: Error running job: Quota\nkey=\u{9b}31m";

fn told(patterns: &PatternSet) -> Told {
    let mut reader = TextReader::new();
    let mut rest = patterns.sift(LOG);
    let Some(Passage::Line { mut told, .. }) = reader.next(patterns, &mut rest) else {
        panic!("a line");
    };
    told.extend(reader.finish());
    told.remove(0)
}

#[test]
fn nothing_that_a_terminal_obeys_and_no_secret_is_shown() {
    let patterns = PatternSet::builtin().unwrap();
    let told = told(&patterns);
    let row = Row {
        number: 1,
        text: "\u{1b}[31mred\u{1b}[0m \u{1b}]0;owned\u{7} WANDB_API_KEY=0123456789abcdef",
        label: Label::Info,
        told: Some(&told),
        decides: true,
    };
    let mut human = Vec::new();
    HumanRows::new(&mut human, Style::PLAIN, Some(&patterns))
        .row(&row)
        .unwrap();
    let mut object = Vec::new();
    let mut json = JsonRows::new(&mut object, Some(&patterns));
    json.row(&row).unwrap();
    json.item(&ItemRow {
        id: &json!("a\u{9b}"),
        label: Label::Fatal,
        told: Some(&told),
    })
    .unwrap();
    for shown in [human, object] {
        let shown = String::from_utf8(shown).unwrap();
        assert!(
            shown.contains("red") && shown.contains("WANDB_API_KEY=[redacted]"),
            "{shown}"
        );
        assert!(!shown.contains(['\u{1b}', '\u{7}', '\u{9b}']), "{shown:?}");
    }
}
