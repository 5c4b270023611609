//! Any file.

use proptest::prelude::*;

use super::*;

/// Text that is nearly a batch file.
fn nearly() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "[[launch]]",
        "[defaults]",
        "\n",
        "job = \"train\"\n",
        "name = \"a{x}\"\n",
        "matrix = { x = [1, 2.50] }\n",
        "repeat = 3\n",
        "env = { A = \"{x}\" }\n",
        "args = [\"{{\", \"}}\"]\n",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\"launch\"",
        "\"job\"",
        "\"train\"",
        "\"matrix\"",
        "null",
        "1e999",
        "job,args,env.A\n",
        "train,'x y',{repeat}\n",
        "\u{0}",
        "é",
        "\r",
        "#",
        "'",
        "\\",
        "region = \"x\"\n",
    ]);
    prop::collection::vec(
        prop_oneof![4 => piece.prop_map(str::to_owned), 1 => ".{0,8}"],
        0..25,
    )
    .prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic_and_no_error_speaks_to_the_terminal(text in nearly(), junk in prop::collection::vec(any::<u8>(), 0..30)) {
        for format in [Format::Toml, Format::Json, Format::Csv] {
            let bytes = [text.as_bytes(), &junk].concat();
            for bytes in [text.clone().into_bytes(), bytes] {
                let Ok(source) = BatchSource::new("x".to_owned(), format, bytes) else { continue };
                let id = BatchId::parse("b-1").unwrap();
                match settings(&Flags::default()).prepare_batch(&source, &id, false) {
                    Ok(batch) => prop_assert!(!batch.launches.is_empty()),
                    Err(error) => {
                        let text = listing(&error);
                        prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
                        prop_assert!(text.lines().count() > 1, "an error without a mistake: {text}");
                    }
                }
            }
        }
    }

    #[test]
    fn names_and_ids_are_stable_and_distinct(entries in prop::collection::vec(("[a-c]", 1_u32..5, prop::option::of("[a-c]-[1-4]")), 1..8)) {
        let text: Vec<String> = entries.iter().enumerate().map(|(nth, (job, repeat, name))| {
            let name = name.as_ref().map(|name| format!("name = \"{name}-{nth}-{{repeat}}\"\n")).unwrap_or_default();
            format!("[[launch]]\njob = \"{job}\"\nrepeat = {repeat}\n{name}")
        }).collect();
        let text = text.join("");
        let (one, two) = (toml(&text), toml(&text));
        prop_assert_eq!(&one, &two);
        let names: std::collections::BTreeSet<_> = one.launches.iter().map(|launch| &launch.spec.name).collect();
        let ids: std::collections::BTreeSet<_> = one.launches.iter().map(|launch| &launch.spec.id).collect();
        prop_assert_eq!((names.len(), ids.len()), (one.launches.len(), one.launches.len()));
    }
}
