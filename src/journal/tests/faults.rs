//! Everything that can be wrong with the file (faults.md 82), each with its own words.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use rusqlite::Connection;

use super::*;
use crate::journal::store::Store;
use crate::journal::write::Write;
use crate::journal::{Fault, JournalError};

fn refused(place: &Place) -> JournalError {
    let error = Store::open(&place.path()).unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with(&format!("the journal {} ", place.path().display())),
        "{text}"
    );
    assert!(!error.hint().is_empty());
    error
}

fn plain(place: &Place) -> Connection {
    Connection::open(place.path()).unwrap()
}

/// A journal with something in it, closed.
fn filled() -> Place {
    let place = Place::new();
    let mut store = Store::open(&place.path()).unwrap();
    let launches = (0..300).map(|n| new_launch(&format!("l-{n}"), n)).collect();
    let results = store.perform(&[&Write::Batch(new_batch("b"), launches)]);
    assert_eq!(results, [Ok(())]);
    place
}

#[test]
fn a_new_journal_and_its_locks_are_private_and_an_empty_file_is_a_new_journal() {
    for empty in [false, true] {
        let place = Place::new();
        if empty {
            fs::write(place.path(), "").unwrap();
            fs::set_permissions(place.path(), fs::Permissions::from_mode(0o600)).unwrap();
        }
        let store = Store::open(&place.path()).unwrap();
        for name in ["journal.db", "journal.db-wal", "journal.db-shm"] {
            let mode = fs::metadata(place.folder.path().join(name))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        let locks = place.folder.path().join("journal.db.locks");
        assert_eq!(fs::metadata(locks).unwrap().permissions().mode() & 0o777, 0o700);
        drop(store);
        place.read();
    }
}

#[test]
fn the_default_folder_is_made_private_with_all_that_lead_to_it() {
    let place = Place::new();
    let path = place.folder.path().join("state/liftoff/journal.db");
    crate::journal::make_folder(&path).unwrap();
    Store::open(&path).unwrap();
    for folder in ["state", "state/liftoff"] {
        let mode = fs::metadata(place.folder.path().join(folder))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}

#[test]
fn what_is_no_file_is_refused() {
    let place = Place::new();
    fs::create_dir(place.path()).unwrap();
    assert_eq!(refused(&place).fault(), &Fault::Directory);

    let place = Place::new();
    let target = place.folder.path().join("elsewhere.db");
    symlink(&target, place.path()).unwrap();
    assert_eq!(refused(&place).fault(), &Fault::Symlink);
    assert!(!target.exists());

    let place = Place::new();
    let path = place.path().join("deeper.db");
    let error = Store::open(&path).unwrap_err();
    assert!(matches!(error.fault(), Fault::NoFolder(_)), "{error}");
    fs::write(place.path(), "a file").unwrap();
    let error = Store::open(&path).unwrap_err();
    assert!(matches!(error.fault(), Fault::NoFolder(_)), "{error}");
    assert_eq!(Archive::open(&path).unwrap_err().fault(), &Fault::Missing);
}

#[test]
fn what_is_no_journal_is_refused_and_left_as_it_is() {
    let place = Place::new();
    let text =
        "not a database, but long enough to be taken for one if nobody looks at its first bytes\n".repeat(20);
    fs::write(place.path(), &text).unwrap();
    assert_eq!(refused(&place).fault(), &Fault::NotADatabase);
    assert_eq!(fs::read_to_string(place.path()).unwrap(), text);

    let place = Place::new();
    plain(&place)
        .execute_batch("CREATE TABLE recipes (name TEXT)")
        .unwrap();
    let before = fs::read(place.path()).unwrap();
    assert_eq!(refused(&place).fault(), &Fault::Foreign);
    assert_eq!(fs::read(place.path()).unwrap(), before);
}

#[test]
fn a_newer_journal_is_refused_with_both_versions() {
    let place = filled();
    plain(&place).pragma_update(None, "user_version", 99).unwrap();
    let error = refused(&place);
    assert_eq!(error.fault(), &Fault::Newer { found: 99, known: 1 });
    assert_eq!(Archive::open(&place.path()).unwrap_err(), error);
    plain(&place).pragma_update(None, "user_version", -1).unwrap();
    assert!(matches!(refused(&place).fault(), Fault::Newer { found: -1, .. }));
}

#[test]
fn flipped_bytes_of_the_structure_are_found_when_it_is_opened() {
    let place = filled();
    let whole = fs::read(place.path()).unwrap();
    let pages = whole.len() / 4096;
    assert!(pages > 20);
    for page in [0, 1, 5, pages / 2, pages - 1] {
        let mut bytes = whole.clone();
        let header = page * 4096 + if page == 0 { 100 } else { 0 };
        bytes[header..header + 8]
            .iter_mut()
            .for_each(|byte| *byte ^= 0xff);
        fs::write(place.path(), bytes).unwrap();
        let error = refused(&place);
        assert!(matches!(error.fault(), Fault::Damaged(_)), "page {page}: {error}");
    }
}

#[test]
fn a_file_that_was_cut_off_is_damaged_and_a_torn_tail_of_the_log_costs_nothing_that_was_awaited() {
    let place = filled();
    let whole = fs::read(place.path()).unwrap();
    fs::write(place.path(), &whole[..whole.len() / 2]).unwrap();
    assert!(matches!(refused(&place).fault(), Fault::Damaged(_)));

    // A process that is killed leaves its log; the power that fails may leave half a frame behind it.
    let place = filled();
    let mut store = Store::open(&place.path()).unwrap();
    let intent = Write::Intent {
        runner: id("l-0"),
        at: at(1),
        bare: false,
    };
    assert_eq!(store.perform(&[&intent]), [Ok(())]);
    let copy = Place::new();
    for name in ["journal.db", "journal.db-wal"] {
        fs::copy(place.folder.path().join(name), copy.folder.path().join(name)).unwrap();
    }
    let log = copy.folder.path().join("journal.db-wal");
    let mut bytes = fs::read(&log).unwrap();
    bytes.extend_from_slice(&[0x5a; 2000]);
    fs::write(&log, bytes).unwrap();
    let launch = copy.read().launch("l-0").unwrap().unwrap();
    assert!(matches!(
        launch.attempts[0].state,
        crate::journal::AttemptState::Intended { .. }
    ));
}

#[test]
fn a_full_disk_is_named_and_what_comes_later_passes_once_there_is_room() {
    let place = filled();
    let mut store = Store::open(&place.path()).unwrap();
    let pages: i64 = store
        .raw()
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .unwrap();
    store
        .raw()
        .pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
        .unwrap();
    let many = (0..300).map(|n| new_launch(&format!("m-{n}"), n)).collect();
    let results = store.perform(&[&Write::Batch(new_batch("c"), many)]);
    let error = results[0].clone().unwrap_err();
    assert_eq!(error.fault(), &Fault::Full);
    assert!(error.is_retryable());

    store
        .raw()
        .pragma_update_and_check(None, "max_page_count", pages * 2, |_| Ok(()))
        .unwrap();
    assert_eq!(
        store.perform(&[&Write::Batch(new_batch("c"), Vec::new())]),
        [Ok(())]
    );
}

#[test]
fn a_journal_that_may_only_be_read_is_named() {
    let place = filled();
    let mut store = Store::open(&place.path()).unwrap();
    store.raw().pragma_update(None, "query_only", true).unwrap();
    let results = store.perform(&[&Write::Batch(new_batch("c"), Vec::new())]);
    assert_eq!(results[0].clone().unwrap_err().fault(), &Fault::ReadOnly);
}

#[test]
fn one_write_that_fails_does_not_take_the_others_with_it() {
    let place = filled();
    let mut store = Store::open(&place.path()).unwrap();
    let good = Write::Intent {
        runner: id("l-0"),
        at: at(1),
        bare: false,
    };
    let bad = Write::Intent {
        runner: id("unheard-of"),
        at: at(1),
        bare: false,
    };
    let results = store.perform(&[&good, &bad, &good]);
    assert_eq!(
        results.iter().map(Result::is_ok).collect::<Vec<_>>(),
        [true, false, true]
    );
    assert!(matches!(
        place.read().launch("l-0").unwrap().unwrap().attempts[0].state,
        crate::journal::AttemptState::Intended { .. }
    ));
}

#[test]
fn rows_that_somebody_spoiled_are_damage_and_no_panic() {
    let spoil = [
        "UPDATE launches SET spec = '{\"version\":1}' WHERE id = 'l-0'",
        "UPDATE launches SET spec = 'x' WHERE id = 'l-0'",
        "UPDATE launches SET spec = '{\"version\":7}' WHERE id = 'l-0'",
        "UPDATE launches SET created_at = 9223372036854775807 WHERE id = 'l-0'",
        "UPDATE attempts SET state = 'ended' WHERE runner = 'l-0'",
        "UPDATE attempts SET state = 'accepted', execution = 'x', accepted_at = 1 WHERE runner = 'l-0'",
        "UPDATE attempts SET state = 'accepted' WHERE runner = 'l-0'",
    ];
    for sql in spoil {
        let place = filled();
        assert_eq!(plain(&place).execute(sql, []).unwrap(), 1);
        let error = place.read().batch("b").unwrap_err();
        assert!(matches!(error.fault(), Fault::Damaged(_)), "{sql}: {error}");
    }
}

#[test]
fn two_processes_that_make_it_at_the_same_time_make_one() {
    for _ in 0..20 {
        let place = Place::new();
        std::thread::scope(|scope| {
            for n in 0..4 {
                let path = place.path();
                scope.spawn(move || {
                    let mut store = Store::open(&path).unwrap();
                    let batch = Write::Batch(new_batch(&format!("b-{n}")), Vec::new());
                    assert_eq!(store.perform(&[&batch]), [Ok(())]);
                });
            }
        });
        for n in 0..4 {
            assert!(place.read().batch(&format!("b-{n}")).unwrap().is_some());
        }
    }
}
