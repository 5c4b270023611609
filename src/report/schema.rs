//! The JSON Schema of `--output json`, for `liftoff config --schema`.

use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::core::event::Event;

/// JSON Schema (draft 2020-12) of one line, made from the types that are written.
///
/// Fields are only ever added and enums may grow: a reader ignores fields that it does not know, and treats an unknown
/// value as "none of those".
pub fn schema() -> Value {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    generator.into_root_schema_for::<Event>().to_value()
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::report::{Jsonl, Reporter, sample};

    fn line(event: &Event) -> io::Result<Value> {
        let mut reporter = Jsonl::new(Vec::new());
        reporter.event(event)?;
        Ok(serde_json::from_slice(reporter.get_mut())?)
    }

    #[test]
    fn every_kind_of_event_is_as_the_schema_says() {
        let validator = jsonschema::validator_for(&schema()).unwrap();
        let mut events = sample::every_kind("plain");
        events.extend(sample::endings().into_iter().map(|(_, event)| event));
        events.push(sample::process_failed());
        for event in events {
            let line = line(&event).unwrap();
            let errors: Vec<_> = validator
                .iter_errors(&line)
                .map(|error| error.to_string())
                .collect();
            assert!(errors.is_empty(), "{line}: {errors:?}");
        }
    }

    #[test]
    fn the_schema_refuses_a_line_that_lacks_a_common_key_or_lies_about_its_kind() {
        let validator = jsonschema::validator_for(&schema()).unwrap();
        for event in sample::every_kind("plain") {
            let good = line(&event).unwrap();
            for key in [
                "schema",
                "seq",
                "event",
                "launch",
                "batch",
                "name",
                "attempt",
                "at",
                "elapsed_ms",
            ] {
                let mut bad = good.clone();
                bad.as_object_mut().unwrap().remove(key);
                assert!(!validator.is_valid(&bad), "{key} may be missing in {good}");
            }
            let mut bad = good;
            bad["event"] = "no_such_event".into();
            assert!(!validator.is_valid(&bad));
        }
    }
}
