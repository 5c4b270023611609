//! Names that tell that a value is secret, whatever the value looks like: of variables, and of options before their value.
//!
//! What a dry run hides and what a journal leaves out has to be the same: it is asked here.

use super::redact;

/// Words that tell of a secret where they stand alone in a name.
const WORDS: [&str; 16] = [
    "AUTH",
    "CERT",
    "COOKIE",
    "CREDENTIALS",
    "CREDS",
    "DSN",
    "KEY",
    "PASS",
    "PASSWD",
    "PASSWORD",
    "PRIVATE",
    "PWD",
    "SECRET",
    "SECRETS",
    "SESSION",
    "TOKEN",
];

/// Whether a text holds something that [`redact()`] takes out.
pub fn is_secret(text: &str) -> bool {
    redact(text) != text
}

/// Whether a variable's or an option's name tells that its value is secret.
pub fn tells_of_secret(name: &str) -> bool {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .map(str::to_ascii_uppercase)
        .any(|word| WORDS.contains(&word.as_str()) || word.ends_with("APIKEY"))
}

/// Whether an argument is made a secret by the one before it: `--api-key VALUE`.
pub fn is_told_secret(before: &str, value: &str) -> bool {
    let both = is_secret(&format!("{before} {value}"));
    let is_value_of_option = before.starts_with('-') && !before.contains('=') && !value.starts_with('-');
    let by_option = is_value_of_option && (tells_of_secret(before) || both);
    by_option || (both && !is_secret(before) && !is_secret(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_of_a_name_tell() {
        for name in [
            "WANDB_API_KEY",
            "db-pass",
            "session",
            "HF_TOKEN",
            "MY_WANDBAPIKEY",
            "PGPASSWD_PASSWD",
        ] {
            assert!(tells_of_secret(name), "{name}");
        }
        for name in ["SEED", "TOKENIZER", "MONKEY", "COMPASS", "KEYBOARD"] {
            assert!(!tells_of_secret(name), "{name}");
        }
    }

    #[test]
    fn an_option_tells_of_the_value_behind_it_and_of_no_other_option() {
        assert!(is_told_secret("--api-key", "hunter2"));
        assert!(is_told_secret("--session", "hunter2"));
        assert!(!is_told_secret("--api-key", "--lr"));
        assert!(!is_told_secret("--lr", "1e-4"));
    }
}
