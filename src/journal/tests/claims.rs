//! Ownership.

use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::journal::{Claim, ClaimError, Subject};

#[test]
fn what_is_owned_cannot_be_taken_and_its_owner_is_named() {
    let place = Place::new();
    let owner = Owner::this(at(0));
    let first = Claim::take(&place.path(), Subject::Launch("nightly-1"), &owner).unwrap();
    let error = Claim::take(&place.path(), Subject::Launch("nightly-1"), &owner).unwrap_err();
    let pid = std::process::id();
    let text = error.to_string();
    assert!(
        text.starts_with("launch nightly-1 is supervised by another liftoff: process "),
        "{text}"
    );
    assert!(
        text.contains(&pid.to_string()) && text.ends_with("running since 2026-11-23 10:00:00Z"),
        "{text}"
    );
    assert!(matches!(error, ClaimError::Owned { owner: Some(found), .. } if found == owner));

    let other = Claim::take(&place.path(), Subject::Batch("nightly-1"), &owner).unwrap();
    drop((first, other));
    Claim::take(&place.path(), Subject::Launch("nightly-1"), &owner).unwrap();
}

#[test]
fn nothing_is_left_behind_and_what_a_dead_process_left_is_taken_over() {
    let place = Place::new();
    let owner = Owner::this(at(0));
    let claim = Claim::take(&place.path(), Subject::Batch("b"), &owner).unwrap();
    let folder = place.folder.path().join("journal.db.locks");
    let count = || std::fs::read_dir(&folder).unwrap().count();
    assert_eq!(count(), 1);
    drop(claim);
    assert_eq!(count(), 0);
    std::fs::write(folder.join("batch-b"), "{\"pid\":1}").unwrap();
    Claim::take(&place.path(), Subject::Batch("b"), &owner).unwrap();
}

#[test]
fn an_id_never_leads_out_of_the_folder_and_a_link_is_not_followed() {
    let place = Place::new();
    let owner = Owner::this(at(0));
    drop(Claim::take(&place.path(), Subject::Batch("../../evil"), &owner).unwrap());
    let victim = place.folder.path().join("victim");
    std::fs::write(&victim, "precious").unwrap();
    let link = place.folder.path().join("journal.db.locks/launch-x");
    std::os::unix::fs::symlink(&victim, link).unwrap();
    Claim::take(&place.path(), Subject::Launch("x"), &owner).unwrap_err();
    assert_eq!(std::fs::read_to_string(victim).unwrap(), "precious");
}

#[test]
fn of_many_takers_at_once_only_one_has_it_and_each_gets_it_in_the_end() {
    let place = Place::new();
    let (path, owner) = (place.path(), Owner::this(at(0)));
    let held = AtomicU32::new(0);
    let take = || loop {
        if let Ok(claim) = Claim::take(&path, Subject::Launch("l"), &owner) {
            return claim;
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let claim = take();
                    assert_eq!(held.fetch_add(1, Ordering::SeqCst), 0);
                    held.fetch_sub(1, Ordering::SeqCst);
                    drop(claim);
                }
            });
        }
    });
}
