//! Takes secrets out of text.

use std::borrow::Cow;
use std::ops::Range;

use super::rules;
use super::skeleton::{Depth, Skeleton};

/// What stands in the place of a secret.
pub const REDACTED: &str = "[redacted]";

/// A secret taken out may bring another into view (a key assigned inside a cut key block); two passes are the rule.
const PASSES: usize = 4;

/// The text with [`REDACTED`] in the place of every secret that the rules know, also of those with escape sequences or
/// invisible characters strewn into them, raw or already made visible by [`sanitise`](super::sanitise()).
///
/// Errs on the side of taking out too much: a lost word costs a look at the log, a leaked key costs more.
pub fn redact(text: &str) -> Cow<'_, str> {
    let mut shown = Cow::Borrowed(text);
    for _ in 0..PASSES {
        match pass(&shown) {
            Cow::Borrowed(_) => break,
            Cow::Owned(less) => shown = Cow::Owned(less),
        }
    }
    shown
}

fn pass(text: &str) -> Cow<'_, str> {
    let skeletons = [Depth::Controls, Depth::Sequences].map(|depth| Skeleton::of(text, depth));
    let mut spans = Vec::new();
    for skeleton in skeletons.iter().flatten() {
        let found = rules::secrets(&skeleton.text);
        spans.extend(found.into_iter().map(|span| skeleton.origin(span)));
    }
    if skeletons.iter().all(Option::is_none) {
        spans = rules::secrets(text);
    }
    replace(text, merged(spans))
}

/// Overlapping spans joined, in order.
fn merged(mut spans: Vec<Range<usize>>) -> Vec<Range<usize>> {
    spans.sort_by_key(|span| span.start);
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => joined.push(span),
        }
    }
    joined
}

fn replace(text: &str, spans: Vec<Range<usize>>) -> Cow<'_, str> {
    if spans.iter().all(|span| &text[span.clone()] == REDACTED) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for span in spans {
        out.push_str(&text[done..span.start]);
        out.push_str(REDACTED);
        done = span.end;
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "0123456789abcdef0123456789abcdef01234567";

    /// Each `§` is a place where a secret stands; the text around it has to stay.
    fn assert_hides(template: &str, secret: &str) {
        let text = template.replace('§', secret);
        assert_eq!(redact(&text), template.replace('§', REDACTED), "{text}");
    }

    #[test]
    fn assignments_of_every_spelling_lose_their_value() {
        for template in [
            "WANDB_API_KEY=§",
            "export WANDB_API_KEY=\"§\"",
            "+ export WANDB_API_KEY='§' && python train.py",
            "{'WANDB_API_KEY': '§', 'WANDB_PROJECT': 'p'}",
            r#"{"WANDB_API_KEY":"§","x":1}"#,
            r#""{\"WANDB_API_KEY\": \"§\"}""#,
            r#"{"name": "WANDB_API_KEY", "value": "§"}"#,
            "{'name': 'WANDB_API_KEY',\n 'value': '§'}",
            "{'WANDB_API_KEY':\n    '§'}",
            "name: \"HF_TOKEN\"\n  value: \"§\"",
            "environ({'A': 'b', 'DB_PASSWORD': '§'})",
            "('WANDB_API_KEY', '§')",
            "ENV OPENAI_API_KEY §",
            "docker run -e MY_SECRET=§ image",
            "train.py --api-key § --epochs 3",
            "train.py --wandb-token=§ --epochs 3",
            "password: §",
            "client_secret => '§'",
            "GITHUB_TOKEN=b'§'",
            "https://host/x?sig=§&y=1",
            "https://host/x?y=1&access_token=§",
            "aws_secret_access_key = §",
            "AWS_CREDENTIALS=§",
            "cloud-credentials: §",
            "credentials: §",
            "{'credentials': '§'}",
            "X-Api-Key: §",
        ] {
            assert_hides(template, KEY);
        }
    }

    #[test]
    fn short_and_odd_values_of_telling_names_are_secrets_too() {
        for template in [
            "DB_PASSWORD=§",
            "MY_TOKEN='§'",
            "\"password\": \"§\"",
            "GH_TOKEN: §",
        ] {
            for secret in ["x", "p@ss", "a,b", "a;b&c", r"\$x", ")b1", "&a"] {
                assert_hides(template, secret);
            }
        }
        assert_hides("DB_PASSWORD=\"§\" next", r#"a \"quoted\" b"#);
    }

    #[test]
    fn what_begins_like_a_path_and_names_no_file_is_a_secret() {
        for secret in ["/0123456789abcdef", "/a+b==.json", "~/x", "gs://x y"] {
            assert_hides("CREDENTIALS='§'", secret);
        }
        assert_hides("DB_PASSWORD=§", "/k.json");
    }

    #[test]
    fn headers_and_tokens_are_taken_out_wherever_they_stand() {
        for (template, secret) in [
            ("Authorization: Bearer §", "abc.def"),
            ("{'Authorization': 'Basic §'}", "dXNlcjpwYXNz"),
            ("authorization: §", "s3cr3tvalue"),
            ("curl -H 'Authorization: Bearer §' url", "ya29.a0AfH6SM"),
            ("Bearer § was refused", "ya29.a0AfH6SM-x_y.z"),
            ("got § from metadata", "ya29.c.b0Aaekm1K"),
            ("key § is bad", "AIzaSyA-0123456789abcdefghijklmnopqrstu"),
            ("hub token § expired", "hf_AbCdEfGhIjKlMnOpQrStUvWxYz01234567"),
            ("Incorrect API key provided: §.", "sk-proj-abc123DEF456ghi789"),
            ("remote: § denied", "ghp_0123456789abcdefghijklmnopqrstuvwxyzAB"),
            ("remote: § denied", "gho_16C7e42F292c6912E7710c838347Ae178B4a"),
            ("remote: § denied", "github_pat_11ABCDEFG0123456789_abcdefghij"),
            ("id token §", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln-_x"),
            ("refresh §", "1//0gAbCdEfGhIjKlMnOpQrStUv"),
            ("set-cookie: §", "sid=1; Path=/"),
            ("$ wandb login §", KEY),
            ("$ wandb login --relogin §", KEY),
            ("wandb.login(key='§')", KEY),
            ("machine api.wandb.ai\n  login user\n  password §", KEY),
            ("  password §", KEY),
            ("https://user:§@host/path", "pa:ss@word"),
            ("git clone https://§@github.com/o/r", "0123456789abcdef0123"),
        ] {
            assert_hides(template, secret);
        }
    }

    #[test]
    fn private_keys_go_whole_cut_or_line_by_line() {
        let line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
        let body = format!("{line}\n{line}\nMzEfYyjiWA4R4==");
        for template in [
            "-----BEGIN PRIVATE KEY-----\n§\n-----END PRIVATE KEY-----\nafter",
            "-----BEGIN RSA PRIVATE KEY-----\n§",
            "-----BEGIN OPENSSH PRIVATE KEY-----\n§\n-----END OPENSSH PRIVATE KEY-----",
        ] {
            assert_hides(template, &body);
        }
        assert_hides("§\n-----END PRIVATE KEY-----", &body);
        for template in ["§", "  §  ", "wandb: §"] {
            assert_hides(template, line);
        }
        let json = format!(
            r#""private_key": "-----BEGIN PRIVATE KEY-----\n{line}\n-----END PRIVATE KEY-----\n", "a": 1"#
        );
        assert!(!redact(&json).contains(&line[..20]));
    }

    #[test]
    fn what_only_looks_like_a_secret_stays() {
        for text in [
            "HEAD is now at 0123456789abcdef0123456789abcdef01234567 fix the token refresh",
            "max_tokens=2048 num_tokens: 512 tokens/s: 31.4",
            "Loading tokenizer: hf_transfer is enabled, task-queue disk-ssd-0123456789abcdef",
            "wandb: WANDB_API_KEY is not set; api_key not configured (no-tty)",
            "'WANDB_API_KEY': None",
            "https://console.cloud.google.com/run/jobs/executions/details/us-central1/train-x?project=p",
            "http://127.0.0.1:8080/a@b git@github.com:o/r.git ssh://git@host/x",
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "Bearer token missing; primary_key=5; key=value",
            "Enter password:\nstep 1 of 2",
            "missing ['WANDB_API_KEY', 'WANDB_ENTITY']",
            "google.auth.exceptions.DefaultCredentialsError: File /k.json is not a valid json file. Expecting value",
            "cannot load the default credentials: File /k.json was not found",
            "GOOGLE_APPLICATION_CREDENTIALS=/var/secrets/google/key.json",
            "GOOGLE_APPLICATION_CREDENTIALS: '/k.json'",
            "no credentials: see https://cloud.google.com/docs/authentication/external/set-up-adc",
        ] {
            assert!(matches!(redact(text), Cow::Borrowed(_)), "{}", redact(text));
        }
    }

    #[test]
    fn a_sequence_before_a_key_does_not_hide_its_head() {
        let text = "\u{1b}[sk-proj-abc123DEF456ghi789";
        assert_eq!(redact(text), "\u{1b}[[redacted]");
    }
}
