//! Which rules are worth trying on a text: most lines have a trace of none, and pay for one pass over their bytes.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::RULES;

/// Characters of a line of base64 at least: a rule without traces looks for one.
const RUN: usize = 64;

/// The traces of all rules, each once.
struct Traces {
    automaton: AhoCorasick,
    /// The rules of each trace, as bits.
    rules: Vec<u32>,
    /// The rules that have none.
    untraced: u32,
}

static TRACES: LazyLock<Traces> = LazyLock::new(|| {
    let (mut texts, mut rules, mut untraced) = (Vec::new(), Vec::new(), 0);
    for (number, rule) in RULES.iter().enumerate() {
        let bit = 1 << number;
        untraced |= if rule.traces.is_empty() { bit } else { 0 };
        for trace in rule.traces {
            let known = texts.iter().position(|known| known == trace);
            let at = known.unwrap_or_else(|| {
                texts.push(*trace);
                rules.push(0);
                rules.len() - 1
            });
            rules[at] |= bit;
        }
    }
    let automaton = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::DFA))
        .build(texts)
        .expect("the traces are a constant, and the tests compile them");
    Traces {
        automaton,
        rules,
        untraced,
    }
});

/// The rules, as bits, that may find something in a text; never wrong about the others.
pub(super) fn rules_of(text: &str) -> u32 {
    // Regexes take these for `s` and `k`, which the automaton does not.
    if !text.is_ascii() && text.contains(['\u{17f}', '\u{212a}']) {
        return u32::MAX >> (32 - RULES.len());
    }
    let traces = &*TRACES;
    let found = traces.automaton.find_overlapping_iter(text);
    let bits = found.fold(0, |all, found| all | traces.rules[found.pattern().as_usize()]);
    bits | if has_run(text.as_bytes()) {
        traces.untraced
    } else {
        0
    }
}

/// Whether so many characters of base64 stand in a row. Looks from the end of where the next row would be, so that it
/// skips most of an ordinary text.
fn has_run(text: &[u8]) -> bool {
    let base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let mut start = 0;
    while let Some(row) = text.get(start..start + RUN) {
        match row.iter().rposition(|byte| !base64(byte)) {
            Some(at) => start += at + 1,
            None => return true,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::COMPILED;
    use super::*;

    /// The longer way: every rule on every text.
    fn matching(text: &str) -> u32 {
        let matching = COMPILED.iter().zip(0..).filter(|(rule, _)| rule.is_match(text));
        matching.fold(0, |all, (_, number)| all | 1 << number)
    }

    #[test]
    fn a_row_of_base64_is_seen_wherever_it_stands() {
        for before in 0..130 {
            for (row, seen) in [(RUN - 1, false), (RUN, true), (RUN + 6, true)] {
                let text = format!(
                    "{}-{}-tail",
                    "x y".repeat(before),
                    "aB3/".repeat(20).split_at(row).0
                );
                assert_eq!(has_run(text.as_bytes()), seen, "{row} after {before}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn a_rule_that_matches_has_left_a_trace(text in crate::core::text::tests::loggish()) {
            for text in [text.to_uppercase(), text.to_lowercase(), text] {
                let missed = matching(&text) & !rules_of(&text);
                prop_assert_eq!(missed, 0, "{}", text);
            }
        }
    }
}
