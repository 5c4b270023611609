//! What holds for any text, however it is cut, repeated or shuffled.

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::{CRASH, QUOTA, UNKNOWN, by_line, entry, patterns, read};
use crate::core::entry::LogEntry;
use crate::core::finding::Label;
use crate::core::pattern::{PatternSet, Sifted, work};
use crate::core::reader::{Deciding, Passage, RunnerReader, TextReader, Told};

fn blocks() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just(QUOTA), Just(UNKNOWN), Just(CRASH)]
}

/// The lines of a block, cut into entries after the lines given.
fn cut(text: &str, cuts: &[bool]) -> Vec<LogEntry> {
    let mut entries: Vec<LogEntry> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        match entries.last_mut() {
            Some(last) if !cuts[index % cuts.len()] => {
                last.text.push('\n');
                last.text.push_str(line);
            }
            _ => entries.push(entry(i64::try_from(index).unwrap(), line)),
        }
    }
    entries
}

fn verdict(told: &[Told]) -> Option<(Label, String, String)> {
    let mut deciding = Deciding::default();
    for told in told {
        deciding.offer(told);
    }
    let finding = &deciding.told()?.finding;
    Some((
        finding.label,
        finding.category.to_string(),
        finding.summary.clone(),
    ))
}

fn explain(set: &PatternSet, entries: &[LogEntry]) -> Vec<Told> {
    let mut reader = RunnerReader::new();
    let mut told = reader.explain(set, entries);
    told.extend(reader.explain_open());
    told
}

/// Runs a property with one compiled set: compiling it takes longer than judging.
fn holds<S: Strategy>(strategy: &S, property: impl Fn(&PatternSet, S::Value)) {
    let set = patterns();
    let mut runner = TestRunner::new(ProptestConfig::with_cases(128));
    let outcome = runner.run(strategy, |value| {
        property(&set, value);
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn however_a_block_is_cut_into_entries_the_same_finding_decides() {
    let cuts = prop::collection::vec(any::<bool>(), 1..20);
    let quiet = prop::collection::vec(any::<bool>(), 1..20);
    holds(&(blocks(), cuts, quiet), |set, (text, cuts, quiet)| {
        let whole = verdict(&explain(set, &[entry(0, text)]));
        let mut reader = RunnerReader::new();
        let mut told = Vec::new();
        for (index, entry) in cut(text, &cuts).iter().enumerate() {
            told.extend(reader.explain(set, [entry]));
            if quiet[index % quiet.len()] {
                told.extend(reader.explain_open());
            }
        }
        told.extend(reader.explain_open());
        assert_eq!(verdict(&told), whole);
    });
}

#[test]
fn entries_that_come_together_say_what_they_say_one_by_one() {
    const LINES: [&str; 9] = [
        "WARNING:root:upload failed",
        "INFO:root:could not upload, going on",
        "a line like any other",
        "  more of it",
        "wandb: ",
        "Traceback (most recent call last):",
        "  File \"a.py\", line 1, in b",
        "google.api_core.exceptions.Forbidden: 403 Permission 'a.b.c' denied",
        "+ gcloud storage ls gs://a",
    ];
    let entries = prop::collection::vec((0..LINES.len(), 0_i64..6, 0_u32..2), 0..24);
    holds(&entries, |set, lines| {
        let entries = lines.into_iter().enumerate().map(|(index, (line, at, task))| {
            let mut entry = entry(at, LINES[line]);
            entry.key.insert_id = index.to_string();
            entry.task = task;
            entry
        });
        let entries: Vec<LogEntry> = entries.collect();
        let mut reader = RunnerReader::new();
        let mut single = Vec::new();
        for entry in &entries {
            single.extend(reader.explain(set, [entry]));
        }
        single.extend(reader.explain_open());
        assert_eq!(explain(set, &entries), single);
    });
}

#[test]
fn an_entry_that_is_fed_again_changes_nothing() {
    let again = prop::collection::vec((0_usize..20, 0_usize..20), 0..20);
    holds(&(blocks(), again), |set, (text, again)| {
        let entries = by_line(text);
        let mut twice = entries.clone();
        for (from, after) in again {
            let entry = entries[from % entries.len()].clone();
            let first = twice.iter().position(|other| other.key == entry.key).unwrap();
            twice.insert((first + 1 + after).min(twice.len()), entry);
        }
        assert_eq!(read(set, &twice), read(set, &entries));
    });
}

/// The bytes that reading a text takes, as the lines of a file and as an entry a line.
fn work_of(set: &PatternSet, text: &str) -> (usize, usize) {
    let as_lines = work::of(|| {
        let (mut reader, mut rest) = (TextReader::new(), set.sift(text));
        while reader.next(set, &mut rest).is_some() {}
    });
    let entries = by_line(text);
    let as_entries = work::of(|| drop(read(set, &entries)));
    (as_lines, as_entries)
}

/// Twice the text is twice the work, whatever is in it; regexes are linear by their engine.
#[test]
fn the_work_grows_with_the_text_and_no_faster() {
    /// Long enough that what is looked at in vain near the end of a text hardly counts.
    const ENOUGH: usize = 32 << 10;
    const SLACK: usize = 128 << 10;
    let set = patterns();
    let mut runner = TestRunner::new(ProptestConfig::with_cases(12));
    let outcome = runner.run(&prop::collection::vec(hostile(), 1..8), |texts| {
        let piece = format!("{}\n", texts.join("\n"));
        let once = piece.repeat(1 + ENOUGH / piece.len());
        let (lines, entries) = work_of(&set, &once);
        let (lines_twice, entries_twice) = work_of(&set, &once.repeat(2));
        prop_assert!(lines_twice <= 2 * lines + SLACK, "{lines} then {lines_twice}");
        prop_assert!(
            entries_twice <= 2 * entries + SLACK,
            "{entries} then {entries_twice}"
        );
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn however_lines_arrive_the_same_one_decides() {
    let cuts = prop::collection::vec(any::<bool>(), 1..20);
    holds(
        &(prop::collection::vec(blocks(), 1..4), cuts),
        |set, (texts, cuts)| {
            let text = texts.join("\n");
            let judged = |pieces: &[String]| {
                let (mut reader, mut told) = (TextReader::new(), Vec::new());
                for piece in pieces {
                    let mut rest = set.sift(piece);
                    while let Some(passage) = reader.next(set, &mut rest) {
                        if let Passage::Line { told: new, .. } = passage {
                            told.extend(new);
                        }
                    }
                }
                told.extend(reader.finish());
                told
            };
            let pieces: Vec<String> = cut(&text, &cuts)
                .into_iter()
                .map(|entry| entry.text + "\n")
                .collect();
            assert_eq!(judged(&pieces), judged(&[text + "\n"]));
        },
    );
}

/// The lines of `tests/corpus/`, as they were printed.
fn printed() -> Vec<String> {
    #[derive(serde::Deserialize)]
    struct Item {
        lines: Vec<String>,
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus");
    let files = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    let corpora = files.filter(|path| path.extension().is_some_and(|end| end == "jsonl"));
    let mut texts: Vec<String> = corpora
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    texts.sort();
    let items = texts.iter().flat_map(|text| text.lines());
    items
        .flat_map(|line| serde_json::from_str::<Item>(line).unwrap().lines)
        .collect()
}

/// Printed lines whole, cut short, prefixed, coloured, quoted and glued, with plain ones between.
fn mixed() -> impl Strategy<Value = String> {
    let line = (
        prop::sample::select(printed()),
        any::<prop::sample::Index>(),
        0_u8..12,
    );
    let dressed = line.prop_map(|(line, at, how)| {
        let at = line.floor_char_boundary(at.index(line.len() + 1));
        match how {
            0 => line[..at].to_owned(),
            1 => line[at..].to_owned(),
            2 => format!("{}\u{1b}[1m{}\u{1b}[0m", &line[..at], &line[at..]),
            3 => format!("{}[0m{}", &line[..at], &line[at..]),
            4 => format!("wandb: {line}"),
            5 => format!("2026-11-16 05:02:36,410 WARNING MainThread:7 [a.py:f():1] {line}"),
            6 => serde_json::json!({ "severity": "INFO", "message": line }).to_string(),
            7 => format!("epoch {at} step 4013 loss=0.{at}").repeat(1 + at % 40),
            8 => line.replace(['\'', '"'], "\\\""),
            9 => line.to_uppercase(),
            _ => line,
        }
    });
    let end = prop::sample::select(vec!["\n", "\n", "\n", "\r", "\r\n", ""]);
    let lines = prop::collection::vec((dressed, end), 1..30);
    lines.prop_map(|lines| {
        lines
            .iter()
            .flat_map(|(line, end)| [line.as_str(), *end])
            .collect()
    })
}

#[test]
fn a_text_that_was_sifted_says_what_each_of_its_lines_says() {
    holds(&mixed(), |set, text| {
        let judged = |mut rest: Sifted<'_>| {
            let (mut reader, mut told) = (TextReader::new(), Vec::new());
            while let Some(passage) = reader.next(set, &mut rest) {
                if let Passage::Line { told: new, .. } = passage {
                    told.extend(new);
                }
            }
            told.extend(reader.finish());
            (told, reader.lines())
        };
        assert_eq!(judged(set.sift(&text)), judged(Sifted::unsifted(&text)));
    });
}

/// A few lines, again and again.
fn repetitive() -> impl Strategy<Value = String> {
    const OPENINGS: [&str; 8] = [
        "+ gcloud storage ls gs://a",
        "+ true",
        "INFO:root:could not upload, going on",
        "Traceback (most recent call last):",
        "  File \"a.py\", line 1, in b",
        "google.api_core.exceptions.Forbidden: 403 Permission 'a.b.c' denied",
        "wandb: launch: agent a polling on queues q, running 0 out of a maximum of 1 jobs",
        r#"{"message":"wandb: launch: agent a polling on queues q, running 0 out of a maximum of 1 jobs\n+ false"}"#,
    ];
    let openings = OPENINGS.map(str::to_owned).to_vec();
    let one = prop_oneof![prop::sample::select(openings), prop::sample::select(printed())];
    let few = prop::collection::vec(one, 1..6);
    let order = prop::collection::vec(any::<prop::sample::Index>(), 1..60);
    (few, order).prop_map(|(few, order)| {
        let lines = order.iter().map(|at| at.get(&few).as_str());
        lines.flat_map(|line| [line, "\n"]).collect()
    })
}

#[test]
fn a_line_that_comes_again_says_what_it_would_say_for_the_first_time() {
    holds(&repetitive(), |set, text| {
        let judged = |forgets: bool| {
            let (mut reader, mut told, mut rest) = (TextReader::new(), Vec::new(), set.sift(&text));
            while let Some(passage) = reader.next(set, &mut rest) {
                told.push(format!("{passage:?}"));
                if forgets {
                    reader.forget();
                }
            }
            told.push(format!("{:?}", reader.finish()));
            told
        };
        assert_eq!(judged(false), judged(true));
    });
}

#[test]
fn no_text_panics() {
    holds(&prop::collection::vec(hostile(), 1..12), |set, texts| {
        let entries: Vec<LogEntry> = texts.iter().zip(0..).map(|(text, at)| entry(at, text)).collect();
        read(set, &entries);
    });
}

/// Any text, and the texts that open something with anything after them.
fn hostile() -> impl Strategy<Value = String> {
    let openings = prop::sample::select(vec![
        "",
        "wandb: ERROR launch: Error running job: ",
        "wandb: launch: Launch agent received job:\nwandb: {'",
        "Traceback (most recent call last):\n",
        "{\"message\":\"",
        "\u{1b}[",
        "View Custom Job:\n",
        "wandb: ERROR ",
        "2026-11-16 05:02:36,410 é",
    ]);
    (openings, any::<String>()).prop_map(|(opening, rest)| format!("{opening}{rest}"))
}
