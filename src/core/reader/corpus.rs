//! The labelled lines of `tests/corpus/`: how well the patterns judge them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;

use super::judge_item;
use crate::core::entry::Severity;
use crate::core::finding::{Finding, Label};
use crate::core::pattern::PatternSet;

#[derive(Deserialize)]
struct Item {
    id: String,
    lines: Vec<String>,
    severity: String,
    label: Label,
    category: String,
}

struct Judged {
    item: Item,
    label: Label,
    finding: Option<Finding>,
}

fn severity(text: &str) -> Severity {
    match text {
        "INFO" => Severity::Info,
        "WARNING" => Severity::Warning,
        "ERROR" => Severity::Error,
        _ => Severity::Default,
    }
}

fn judge_all(file: &str) -> Vec<Judged> {
    let path = format!("{}/tests/corpus/{file}", env!("CARGO_MANIFEST_DIR"));
    let patterns = PatternSet::builtin().unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    let judge = |line: &str| {
        let item: Item = serde_json::from_str(line).unwrap();
        let (label, finding) = judge_item(&patterns, &item.lines, severity(&item.severity));
        Judged { item, label, finding }
    };
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(judge)
        .collect()
}

fn has_category(judged: &Judged) -> bool {
    let found = judged.finding.as_ref();
    found.is_some_and(|finding| *finding.category == *judged.item.category)
}

fn table(judged: &[Judged]) -> String {
    let mut cells: BTreeMap<(String, String), u32> = BTreeMap::new();
    for one in judged {
        let key = (format!("{:?}", one.item.label), format!("{:?}", one.label));
        *cells.entry(key).or_default() += 1;
    }
    let mut out = String::from("labelled -> judged\n");
    for ((labelled, judged), count) in cells {
        writeln!(out, "{labelled:>10} -> {judged:<10} {count}").unwrap();
    }
    out
}

fn describe(one: &Judged) -> String {
    let (item, finding) = (&one.item, one.finding.as_ref());
    let by = finding.map_or("-", |finding| &finding.pattern);
    let category = finding.map_or("-", |finding| &finding.category);
    format!(
        "{}: {:?}/{} judged {:?}/{category} by {by}: {}",
        item.id,
        item.label,
        item.category,
        one.label,
        item.lines.join(" | ")
    )
}

fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole as f64
}

#[test]
fn the_corpus_is_judged_as_labelled() {
    holds_for("runner-logs.jsonl");
}

/// Lines of the same kinds with other words, names and numbers; written before the patterns had seen them.
#[test]
fn variants_of_the_corpus_are_judged_as_labelled() {
    holds_for("variants.jsonl");
}

/// Written from the programs' sources in rounds; each round was judged once before any pattern was mended for it.
#[test]
fn every_round_of_unseen_lines_is_judged_as_labelled() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus");
    let names = std::fs::read_dir(folder).unwrap();
    let names = names.map(|file| file.unwrap().file_name().to_string_lossy().into_owned());
    let mut rounds: Vec<String> = names.filter(|name| name.starts_with("unseen-")).collect();
    rounds.sort();
    assert!(!rounds.is_empty());
    for round in rounds {
        holds_for(&round);
    }
}

fn holds_for(file: &str) {
    let judged = judge_all(file);
    let of = |label| judged.iter().filter(move |one| one.item.label == label);
    let calls = |label| {
        judged
            .iter()
            .filter(move |one| one.label == label && one.item.label != label)
    };
    let found = of(Label::Fatal).filter(|one| one.label == Label::Fatal).count();
    let recall = percent(found, of(Label::Fatal).count());
    let named = || {
        judged
            .iter()
            .filter(|one| matches!(one.item.label, Label::Fatal | Label::Transient))
    };
    let categories = percent(named().filter(|one| has_category(one)).count(), named().count());
    println!(
        "{}recall {recall:.1} %, categories {categories:.1} %",
        table(&judged)
    );
    for one in judged.iter().filter(|one| one.label != one.item.label) {
        println!("label    {}", describe(one));
    }
    for one in named().filter(|one| one.label == one.item.label && !has_category(one)) {
        println!("category {}", describe(one));
    }
    assert!(recall >= 99.0);
    assert!(categories >= 95.0);
    assert_eq!(
        calls(Label::Fatal).map(describe).collect::<Vec<_>>(),
        Vec::<String>::new()
    );
    assert_eq!(
        calls(Label::Success).map(describe).collect::<Vec<_>>(),
        Vec::<String>::new()
    );
}
