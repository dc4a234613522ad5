//! The data folder: whether it can be written to, and whether a server runs on it.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::finding::Finding;

const NAME: &str = "data folder";

/// Tells whether a server has the folder open.
pub(super) fn is_in_use(data: &Path) -> bool {
    let lock = File::open(data.join("lock"));
    lock.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

/// Looks at the folder, or at the one in which it will be made.
pub(super) fn folder(data: &Path, is_running: bool) -> Finding {
    let shown = data.display();
    if is_running {
        return Finding::ok(NAME, format!("{shown} is in use by a running server"));
    }
    let (place, detail) = match data.is_dir() {
        true => (data, format!("{shown} can be written to")),
        false => (existing(data), format!("{shown} is made at the first start")),
    };
    // A folder's own rights do not tell of file systems that are mounted for reading only.
    let probe = place.join(format!(".doctor-{}", std::process::id()));
    match File::create_new(&probe).and_then(|_| std::fs::remove_file(&probe)) {
        Ok(()) => Finding::ok(NAME, detail),
        Err(error) => Finding::fail(
            NAME,
            format!("{} can not be written to: {error}", place.display()),
            "give the user of the server the right to write there, or name another folder with --data",
        ),
    }
}

/// Returns the nearest folder above that exists.
fn existing(data: &Path) -> &Path {
    let above = data.ancestors().find(|path| path.is_dir());
    above.unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;

    #[test]
    fn a_folder_that_a_server_has_open_is_in_use() {
        let data = tempfile::tempdir().unwrap();
        assert!(!is_in_use(data.path()));
        let lock = File::create(data.path().join("lock")).unwrap();
        lock.lock().unwrap();
        assert!(is_in_use(data.path()));
        drop(lock);
        assert!(!is_in_use(data.path()));
    }

    #[test]
    fn a_folder_is_made_where_one_can_be() {
        let above = tempfile::tempdir().unwrap();
        let data = above.path().join("a/b");
        assert_eq!(folder(&data, false).verdict, Verdict::Ok);
        assert!(!data.exists());
        assert_eq!(folder(Path::new("/proc/none"), false).verdict, Verdict::Fail);
    }
}
