//! Names that follow from other names.

use crate::emulator::chance::Chance;

/// The number of a project. A project given by its number is its own number.
pub(crate) fn project_number(project: &str) -> String {
    if !project.is_empty() && project.bytes().all(|byte| byte.is_ascii_digit()) {
        return project.to_owned();
    }
    Chance::of(project)
        .within(100_000_000_000..1_000_000_000_000)
        .to_string()
}

/// Whether two ways to name a project, id or number, mean the same one.
pub(crate) fn same_project(one: &str, other: &str) -> bool {
    one == other || project_number(one) == project_number(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_is_known_by_id_and_by_number() {
        let number = project_number("my-project");
        assert_eq!(number.len(), 12);
        assert!(same_project("my-project", &number) && !same_project("my-project", "other"));
    }
}
