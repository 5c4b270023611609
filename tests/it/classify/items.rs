//! Items: each line of the input judged by itself.

use std::collections::BTreeMap;

use liftoff::core::entry::Severity;
use liftoff::core::finding::Label;
use liftoff::core::pattern::PatternSet;
use liftoff::core::reader::judge_item;
use serde_json::Value;

use super::{classify, stderr, stdout};

fn corpus(file: &str) -> String {
    let path = format!("{}/tests/corpus/{file}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

/// How often each labelled word was judged as each word.
type Table = BTreeMap<(String, String), u32>;

fn objects(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn by_the_library(items: &[Value]) -> Table {
    let patterns = PatternSet::builtin().unwrap();
    let mut table = Table::new();
    for item in items {
        let lines: Vec<String> = serde_json::from_value(item["lines"].clone()).unwrap();
        let severity = Severity::parse(item["severity"].as_str().unwrap());
        let (label, _) = judge_item(&patterns, &lines, severity);
        *table
            .entry((word(&item["label"]), label.as_str().to_owned()))
            .or_default() += 1;
    }
    table
}

fn by_the_command(items: &[Value], judged: &[Value]) -> Table {
    let mut table = Table::new();
    for (item, judged) in items.iter().zip(judged) {
        assert_eq!(item["id"], judged["id"]);
        *table
            .entry((word(&item["label"]), word(&judged["label"])))
            .or_default() += 1;
    }
    table
}

fn word(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[test]
fn the_command_judges_the_corpus_as_the_library_does() {
    for file in ["runner-logs.jsonl", "variants.jsonl"] {
        let text = corpus(file);
        let items = objects(&text);
        let output = classify(&["--input", "jsonl"], text.as_bytes());
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let judged = objects(&stdout(&output));
        assert_eq!(judged.len(), items.len());
        let table = by_the_command(&items, &judged);
        for ((labelled, judged), count) in &table {
            println!("{labelled:>10} -> {judged:<10} {count}");
        }
        assert_eq!(table, by_the_library(&items));
        let fatal = Label::Fatal.as_str();
        let missed = table
            .iter()
            .filter(|((was, is), _)| was == fatal && is != fatal)
            .map(|(_, n)| n)
            .sum::<u32>();
        let wrong = table
            .keys()
            .any(|(was, is)| was != is && (is == fatal || is == Label::Success.as_str()));
        assert!(
            usize::try_from(missed).unwrap() * 100 <= items.len() && !wrong,
            "{table:?}"
        );
    }
}

#[test]
fn an_item_without_anything_told_has_every_key() {
    let output = classify(
        &["--input", "jsonl"],
        b"\n{\"id\":7,\"lines\":[\"hello\"],\"extra\":1}\n",
    );
    assert_eq!(
        stdout(&output),
        "{\"id\":7,\"label\":\"info\",\"category\":null,\"summary\":null,\"hint\":null,\"pattern\":null,\"line\":null}\n"
    );
}

#[test]
fn what_is_no_item_is_exit_2_with_its_line_and_what_came_before_is_judged() {
    for (bad, says) in [
        ("not json", "expected"),
        ("{\"id\":1}", "missing field `lines`"),
        ("{\"id\":1,\"lines\":\"text\"}", "expected a sequence"),
        ("{\"id\":1,\"lines\":[1]}", "expected a string"),
        ("{\"id\":1,\"lines\":[\"a\"", "EOF"),
    ] {
        let input = format!("{{\"id\":0,\"lines\":[\"fine\"]}}\n{bad}\n");
        let output = classify(&["--input", "jsonl"], input.as_bytes());
        assert_eq!(output.status.code(), Some(2), "{bad}");
        let complaint = stderr(&output);
        assert!(
            complaint.contains("standard input:2:") && complaint.contains(says),
            "{complaint}"
        );
        assert_eq!(stdout(&output).lines().count(), 1, "{bad}");
    }
}

#[test]
fn damaged_text_in_items_is_mended() {
    let output = classify(
        &["--input", "jsonl"],
        b"{\"id\":\"a\xff\",\"lines\":[\"\\ud83d x\"]}\n",
    );
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).starts_with("{\"id\":\"a\u{fffd}\""));
}
