//! Which lines are asked for where there are too many: those that may decide.

use super::filter::alternatives;

/// Every line that may decide a launch says one of these, in any case: what is read of a flood. Tests hold the built-in
/// patterns to it. Not "loss" or "step", which is what floods are made of, nor "wandb" or "launch", which each agent's start
/// and every poll of its queue say.
const TELLING: [&str; 58] = [
    "error",
    "exception",
    "fatal",
    "fail",
    "received job",
    "launching",
    "out of a maximum",
    "view your job",
    "customjob",
    "custom job",
    "submitted",
    "traceback",
    "denied",
    "permission",
    "not permitted",
    "violat",
    "prohibited",
    "forbidden",
    "auth login",
    "quota",
    "exceeded",
    "exit",
    "terminated",
    "signal",
    "kill",
    "memory",
    "not found",
    "no such",
    "packagenotfound",
    "no space",
    "no solution",
    "no installation",
    "last generated",
    "should only",
    "not set",
    ": line ",
    "unbound",
    "does not",
    "is not",
    "are not",
    "not exist",
    "non-zero",
    "completed 0",
    "timed out",
    "timeout",
    "insufficient",
    "unavailable",
    "invalid",
    "unable",
    "cannot",
    "could not",
    "must ",
    "required",
    "module named",
    "core dumped",
    "already resumed",
    "enable",
    "panic",
];

/// An agent that waits says this every ten seconds, and it is one of the above.
const IDLE: &str = "running 0 out of";

/// The part of a filter that lets these through.
pub(super) fn telling() -> String {
    let words = alternatives(TELLING.into_iter());
    format!(
        " AND (severity>=ERROR OR textPayload:{words} OR jsonPayload.message:{words}) AND NOT textPayload:\"{IDLE}\""
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::entry::Severity;
    use crate::core::finding::Label;
    use crate::core::pattern::PatternSet;
    use crate::core::reader::judge_item;

    fn is_telling(line: &str) -> bool {
        let line = line.to_lowercase();
        TELLING.iter().any(|word| line.contains(word)) && !line.contains(IDLE)
    }

    /// What decides: fatal and successful lines, and that a job was received.
    #[test]
    fn every_example_of_a_pattern_that_may_decide_has_a_telling_word() {
        let says = |table: &toml::Table, key: &str| {
            table.get(key).and_then(|value| value.as_str()).map(str::to_owned)
        };
        let mut silent = Vec::new();
        for file in crate::patterns::BUILTIN {
            let text: toml::Table = file.text.parse().unwrap();
            let family = text
                .get("family")
                .and_then(toml::Value::as_table)
                .cloned()
                .unwrap_or_default();
            for pattern in text["pattern"].as_array().unwrap() {
                let pattern = pattern.as_table().unwrap();
                let told = |key| {
                    says(pattern, key)
                        .or_else(|| says(&family, key))
                        .unwrap_or_default()
                };
                let decides =
                    ["fatal", "success"].contains(&told("label").as_str()) || told("phase") == "job-received";
                let matches = pattern.get("matches").and_then(toml::Value::as_array);
                for example in matches.into_iter().flatten().filter_map(toml::Value::as_str) {
                    if decides && !is_telling(example) {
                        silent.push(format!("{}: {example}", says(pattern, "id").unwrap()));
                    }
                }
            }
        }
        assert!(silent.is_empty(), "{}", silent.join("\n"));
    }

    #[derive(serde::Deserialize)]
    struct Item {
        lines: Vec<String>,
        label: String,
    }

    fn fatal_items() -> Vec<Item> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus");
        let files = std::fs::read_dir(folder).unwrap();
        let files = files.map(|file| file.unwrap().path());
        let files = files.filter(|path| path.extension().is_some_and(|it| it == "jsonl"));
        let texts = files.map(|path| std::fs::read_to_string(path).unwrap());
        let items = |text: String| {
            let read = |line: &str| serde_json::from_str::<Item>(line).unwrap();
            text.lines().map(read).collect::<Vec<_>>()
        };
        let items = texts.flat_map(items);
        items.filter(|item| item.label == "fatal").collect()
    }

    /// Of an item the telling lines alone.
    #[test]
    fn what_a_flood_shows_of_the_corpus_is_as_fatal_as_all_of_it() {
        let patterns = PatternSet::builtin().unwrap();
        let items = fatal_items();
        let is_lost = |item: &&Item| {
            let told: Vec<_> = item.lines.iter().filter(|line| is_telling(line)).collect();
            judge_item(&patterns, &told, Severity::Default).0 != Label::Fatal
        };
        let lost: Vec<_> = items
            .iter()
            .filter(is_lost)
            .map(|item| item.lines.join(" | "))
            .collect();
        let (count, of) = (lost.len(), items.len());
        assert!(count * 200 < of, "{count} of {of}:\n{}", lost.join("\n"));
    }
}
