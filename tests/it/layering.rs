//! Who may import whom, held to what every file under `src/` names.
//!
//! `ARCHITECTURE.md` gives the reasons. Tests (`#[cfg(test)]` items and the files of such modules) may import anything.
//! A new module of the crate's root needs a row in [`LAYERS`].

mod source;
mod tokens;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use source::Source;

/// Each module of the crate's root, and what it may import besides itself: only rows above its own.
const LAYERS: &[(&str, &[&str])] = &[
    ("core", &[]),
    ("clock", &[]),
    ("emulator", &[]),
    ("patterns", &["core"]),
    ("config", &["core"]),
    ("report", &["core"]),
    ("journal", &["core"]),
    ("gcp", &["core", "clock"]),
    ("hub", &["core", "gcp"]),
    ("watch", &["core", "gcp", "hub"]),
    ("supervise", &["core", "clock", "journal", "gcp", "hub", "watch"]),
    (
        "harness",
        &[
            "core",
            "clock",
            "emulator",
            "patterns",
            "journal",
            "gcp",
            "watch",
            "supervise",
        ],
    ),
    (
        "cli",
        &[
            "core",
            "clock",
            "emulator",
            "patterns",
            "config",
            "report",
            "journal",
            "gcp",
            "hub",
            "watch",
            "supervise",
        ],
    ),
];

/// Where actors may be: everything else must not know that actix exists.
const ACTORS: &[&str] = &[
    "hub/actor.rs",
    "watch/actor.rs",
    "supervise/",
    "harness/stage.rs",
    "cli/",
];

/// What would make core impure.
const IMPURE: &[&str] = &[
    "axum",
    "clap",
    "gcp_auth",
    "reqwest",
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "tokio",
];

/// What is pure of those: the words that a setting can be, and an instant as an argument.
const PURE: &[&str] = &["clap::ValueEnum", "tokio::time::Instant"];

/// What a file, named by its path under `src/`, imports and should not.
fn violations(file: &str, text: &str) -> Vec<String> {
    let module = module_of(file);
    let Some(layer) = module.first() else {
        return Vec::new();
    };
    let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| name == layer) else {
        return vec![format!(
            "src/{file}: `{layer}` has no row in LAYERS of tests/it/layering.rs"
        )];
    };
    let mut found = BTreeSet::new();
    for path in Source::read(text).paths {
        let line = path.line;
        if let Some(target) = target(&module, &path)
            && target != *layer
            && !allowed.contains(&target.as_str())
        {
            found.insert((line, format!("{layer} may not import `{target}`")));
        }
        if let Some(outsider) = outsider(file, layer, &path.segments) {
            found.insert((line, format!("`{outsider}` has no place here")));
        }
    }
    found
        .into_iter()
        .map(|(line, what)| format!("src/{file}:{line}: {what}"))
        .collect()
}

/// The module that a file is: none for the crate's roots.
fn module_of(file: &str) -> Vec<String> {
    let stem = file.strip_suffix(".rs").unwrap_or(file);
    let stem = stem.strip_suffix("/mod").unwrap_or(stem);
    let root = matches!(stem, "lib" | "main");
    stem.split('/').filter(|_| !root).map(str::to_owned).collect()
}

/// The name in the crate's root that a path leads through, if it leads into this crate.
fn target(module: &[String], path: &source::Path) -> Option<String> {
    let mut base = [module, &path.within].concat();
    let mut rest = path.segments.as_slice();
    match rest.first().map(String::as_str) {
        Some("crate") => {
            base.clear();
            rest = &rest[1..];
        }
        Some("self" | "super") => {
            while let Some(step @ ("self" | "super")) = rest.first().map(String::as_str) {
                if step == "super" {
                    base.pop();
                } else if base.is_empty() {
                    break;
                }
                rest = &rest[1..];
            }
        }
        _ => return None,
    }
    // `pub(crate)` names the root and imports nothing; `use crate as all` imports everything.
    let root = path.renamed.then(|| "crate".to_owned());
    base.first().or(rest.first()).cloned().or(root)
}

/// The foreign crate or module that a path names where it must not.
fn outsider(file: &str, layer: &str, segments: &[String]) -> Option<String> {
    let head = segments.first()?;
    if (head == "actix" || head.starts_with("actix_")) && !ACTORS.iter().any(|place| file.starts_with(place))
    {
        return Some(head.clone());
    }
    let name = segments.join("::");
    let within =
        |part: &str| name == part || name.strip_prefix(part).is_some_and(|rest| rest.starts_with("::"));
    let any = |list: &[&str]| list.iter().any(|part| within(part));
    let impure = any(IMPURE) && !any(PURE);
    (layer == "core" && impure).then_some(name)
}

/// The file and the folder of each module with a file of its own that `file` declares as a test.
fn test_files(file: &Path, text: &str) -> Vec<PathBuf> {
    let here = file.parent().unwrap_or(Path::new(""));
    let owns_folder = ["mod.rs", "lib.rs", "main.rs"]
        .iter()
        .any(|name| file.ends_with(name));
    let folder = if owns_folder {
        here.to_path_buf()
    } else {
        file.with_extension("")
    };
    let modules = Source::read(text).test_modules.into_iter();
    let files = modules.flat_map(|(name, path)| match path {
        Some(path) => [here.join(&path), here.join(path).with_extension("")],
        None => [folder.join(format!("{name}.rs")), folder.join(name)],
    });
    files.collect()
}

/// Every Rust file under a folder with its text.
fn rust_files(folder: &Path, found: &mut Vec<(PathBuf, String)>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            rust_files(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path)?;
            found.push((path, text));
        }
    }
    Ok(())
}

#[test]
fn every_file_imports_only_what_its_layer_may() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&root, &mut files).unwrap();
    let tests: Vec<PathBuf> = files
        .iter()
        .flat_map(|(path, text)| test_files(path, text))
        .collect();
    files.retain(|(path, _)| !tests.iter().any(|test| path.starts_with(test)));

    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for (path, text) in &files {
        let parts = path
            .strip_prefix(&root)
            .unwrap()
            .iter()
            .map(|part| part.to_str().unwrap());
        let name = parts.collect::<Vec<_>>().join("/");
        seen.extend(module_of(&name).into_iter().next());
        found.extend(violations(&name, text));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    let layers: BTreeSet<String> = LAYERS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(seen, layers, "the modules under src/ and the rows of LAYERS");
}

#[test]
fn layers_import_only_layers_above_them_so_that_there_is_no_circle() {
    for (at, (name, allowed)) in LAYERS.iter().enumerate() {
        for below in *allowed {
            assert!(
                LAYERS[..at].iter().any(|(above, _)| above == below),
                "{name} imports {below}"
            );
        }
    }
}

#[test]
fn a_forbidden_import_is_found_however_it_is_written() {
    for text in [
        "use crate::gcp;",
        "use crate::gcp::Gcp;",
        "fn f(_: crate::gcp::Gcp) {}",
        "use crate::{core::Moment, gcp::{Gcp, Api}};",
        "use {std::fmt, crate::gcp};",
        "use super::super::{core::Moment, gcp};",
        "use self::super::super::gcp;",
        "mod a { use super::super::super::gcp; }",
        "const A: char = '\"'; use crate::gcp; const B: char = '\"';",
        "fn f<'a>(_: &'a str) { let _ = crate::gcp::new('a'); }",
        "const A: &str = r\"\\\"; use crate::gcp; const B: &str = r\"\\\";",
        "/* comment */ use crate::gcp; // comment",
        "#[cfg(not(test))] use crate::gcp;",
        "#[cfg(test)] use std::env; use crate::gcp;",
        "#[cfg(test)] mod tests { fn f() {} } use crate::gcp;",
        "#[cfg(test)] mod tests; use crate::gcp;",
        "struct S { #[cfg(test)] a: u8, b: crate::gcp::Gcp }",
    ] {
        assert_eq!(
            violations("core/job.rs", text),
            ["src/core/job.rs:1: core may not import `gcp`"],
            "{text}"
        );
    }
}

#[test]
fn every_direction_that_is_not_allowed_is_found() {
    for (file, text, what) in [
        ("core/job.rs", "use crate::*;", "core may not import `*`"),
        ("core/job.rs", "use crate as all;", "core may not import `crate`"),
        (
            "core/job.rs",
            "use crate::{self as all};",
            "core may not import `self`",
        ),
        (
            "core/job.rs",
            "use crate::Verdict;",
            "core may not import `Verdict`",
        ),
        (
            "core/decide/mod.rs",
            "use super::super::hub;",
            "core may not import `hub`",
        ),
        ("clock.rs", "use super::core;", "clock may not import `core`"),
        ("gcp/http.rs", "use crate::hub::Port;", "gcp may not import `hub`"),
        (
            "hub/log/mod.rs",
            "use crate::supervise;",
            "hub may not import `supervise`",
        ),
        (
            "watch/vertex.rs",
            "use crate::clock;",
            "watch may not import `clock`",
        ),
        (
            "report/jsonl.rs",
            "use crate::gcp;",
            "report may not import `gcp`",
        ),
        (
            "journal/handle.rs",
            "use crate::supervise;",
            "journal may not import `supervise`",
        ),
        (
            "emulator/vertex/mod.rs",
            "use crate::core;",
            "emulator may not import `core`",
        ),
        (
            "supervise/root.rs",
            "use crate::report;",
            "supervise may not import `report`",
        ),
        (
            "patterns.rs",
            "use crate::config;",
            "patterns may not import `config`",
        ),
        ("config/mod.rs", "use crate::gcp;", "config may not import `gcp`"),
        ("surprise.rs", "", "`surprise` has no row in LAYERS"),
    ] {
        let found = violations(file, text);
        assert!(
            found.len() == 1 && found[0].contains(what),
            "{file}: {text}: {found:?}"
        );
    }
}

#[test]
fn actix_and_the_outside_world_are_kept_where_they_belong() {
    for (file, text) in [
        ("core/signal.rs", "use actix::Message;"),
        ("hub/log/mod.rs", "use actix::prelude::*;"),
        ("watch/vertex.rs", "fn f() { actix_rt::spawn(async {}); }"),
        ("gcp/call.rs", "#[actix::main] async fn f() {}"),
        ("report/mod.rs", "use ::actix as actors;"),
        ("core/job.rs", "use std::{env, fmt};"),
        ("core/job.rs", "fn f() { let _ = std::env::var(\"A\"); }"),
        ("core/job.rs", "use reqwest::Client;"),
        ("core/job.rs", "use axum::Router;"),
        ("core/job.rs", "use clap::Parser;"),
        ("core/job.rs", "#[derive(clap::Args)] struct A;"),
        ("core/job.rs", "use tokio::{sync::mpsc, time::Instant};"),
    ] {
        let found = violations(file, text);
        assert!(
            found.len() == 1 && found[0].contains("has no place here"),
            "{file}: {text}: {found:?}"
        );
    }
}

#[test]
fn what_is_allowed_is_not_reported() {
    for (file, text) in [
        (
            "core/job.rs",
            "use crate::core::Moment; use super::Moment; use tokio::time::Instant; pub(crate) fn f() {}",
        ),
        (
            "core/job.rs",
            "//! See [`crate::gcp`].\n// use crate::gcp;\n/* use crate::gcp; */",
        ),
        (
            "core/job.rs",
            "const A: &str = \"use crate::gcp;\"; const B: &str = r#\"\"use crate::gcp;\"\"#;",
        ),
        (
            "core/job.rs",
            "#[cfg(test)] mod tests { use crate::gcp::Gcp; mod more { use actix::System; } }",
        ),
        ("core/job.rs", "#[cfg(test)] pub(crate) use crate::gcp::Gcp;"),
        (
            "core/job.rs",
            "#[cfg(test)] #[must_use] fn f(_: [u8; 2]) -> u8 { crate::gcp::f() }",
        ),
        ("core/job.rs", "mod a { use super::super::Moment; }"),
        (
            "clock.rs",
            "mod machine { use super::Clock; pub(in crate::clock) fn f() {} }",
        ),
        ("hub/actor.rs", "use actix::prelude::*;"),
        ("watch/actor.rs", "use actix::prelude::*;"),
        (
            "supervise/launch/mod.rs",
            "use actix::prelude::*; use crate::watch::Watch; use crate::clock::Clock;",
        ),
        (
            "cli/rehearse.rs",
            "use actix::System; use crate::{emulator::Emulator, supervise::supervise};",
        ),
        (
            "gcp/http.rs",
            "use crate::{clock::Clock, core::Moment}; use reqwest::Client;",
        ),
        ("lib.rs", "pub use crate::core::verdict::Verdict;"),
        (
            "main.rs",
            "fn main() -> std::process::ExitCode { liftoff::cli::main() }",
        ),
    ] {
        assert_eq!(violations(file, text), Vec::<String>::new(), "{file}: {text}");
    }
}

#[test]
fn violations_name_file_line_and_rule() {
    let text = "//! Jobs.\n\nuse std::fmt;\nuse crate::{\n    core::Moment,\n    gcp::Gcp,\n};\n";
    assert_eq!(
        violations("core/job.rs", text),
        ["src/core/job.rs:6: core may not import `gcp`"]
    );
}

#[test]
fn only_modules_declared_as_tests_are_test_files() {
    let text = "#[cfg(test)]\nmod tests;\nmod more;\n#[cfg(test)]\n#[path = \"a_tests.rs\"]\nmod a;\n";
    let of = |file: &str| test_files(Path::new(file), text);
    let paths = |names: [&str; 4]| names.map(PathBuf::from).to_vec();
    assert_eq!(
        of("core/job.rs"),
        paths([
            "core/job/tests.rs",
            "core/job/tests",
            "core/a_tests.rs",
            "core/a_tests"
        ])
    );
    assert_eq!(
        of("core/mod.rs"),
        paths(["core/tests.rs", "core/tests", "core/a_tests.rs", "core/a_tests"])
    );
}
