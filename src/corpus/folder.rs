//! Folders: the files in them, in one order everywhere.

use std::fs;
use std::path::{Path, PathBuf};

use super::format::Format;
use crate::error::{Error, Result};

/// All files under a folder, folder by folder, each in the order of its names. Names that begin
/// with a dot are passed over; links are followed.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    walk(folder, &mut found)?;
    Ok(found)
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    let failed = |e| Error::io(folder, e);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        names.push(entry.map_err(failed)?.file_name());
    }
    names.sort();
    for name in names.into_iter().filter(|name| !name.as_encoded_bytes().starts_with(b".")) {
        let path = folder.join(name);
        // A link that leads back to a folder above ends as an error of the system, not as a loop.
        if fs::metadata(&path).map_err(|e| Error::io(&path, e))?.is_dir() {
            walk(&path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

/// The label of an article in a folder of folders: the name of the first folder below the one that
/// was given.
fn label(folder: &Path, file: &Path) -> Option<String> {
    let mut below = file.strip_prefix(folder).ok()?.components();
    let first = below.next()?;
    below.next()?;
    Some(first.as_os_str().to_string_lossy().into_owned())
}

/// The label and format of a file that is one article of a folder of folders; `None` for files
/// that hold rows, and for those that are not read.
pub(super) fn labelled_article(folder: &Path, file: &Path) -> Option<(String, Format)> {
    let named = Format::from_path(file);
    let format = if file.extension().is_none() { Some(Format::Text) } else { named };
    let format = format.filter(|format| format.is_one_article())?;
    Some((label(folder, file)?, format))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_in_the_order_of_their_names_without_hidden_ones() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for file in ["b/2.txt", "b/10.txt", "a.txt", "b.txt", ".git/x.txt", "c/.hidden.txt", "c/d/e.txt"] {
            let file = root.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "text").unwrap();
        }
        let found = files(root).unwrap();
        let found: Vec<_> = found.iter().map(|file| file.strip_prefix(root).unwrap().to_str().unwrap()).collect();
        assert_eq!(found, ["a.txt", "b/10.txt", "b/2.txt", "b.txt", "c/d/e.txt"]);
        assert!(matches!(files(&root.join("none")), Err(Error::Io { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_a_loop_of_them_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let other = tempfile::tempdir().unwrap();
        fs::write(other.path().join("x.txt"), "text").unwrap();
        std::os::unix::fs::symlink(other.path(), folder.path().join("linked")).unwrap();
        assert_eq!(files(folder.path()).unwrap(), [folder.path().join("linked/x.txt")]);
        std::os::unix::fs::symlink(folder.path(), folder.path().join("loop")).unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("loop2")).unwrap();
        assert!(matches!(files(folder.path()), Err(Error::Io { .. })));
    }

    #[test]
    fn the_first_folder_below_names_the_label() {
        let label = |file| labelled_article(Path::new("data/x"), Path::new(file));
        assert_eq!(label("data/x/left/2024/a.txt.gz"), Some(("left".to_string(), Format::Text)));
        assert_eq!(label("data/x/left/a.htm"), Some(("left".to_string(), Format::Html)));
        assert_eq!(label("data/x/sci.space/61116"), Some(("sci.space".to_string(), Format::Text)));
        assert_eq!(label("data/x/a.txt"), None);
        assert_eq!(label("data/x/left/a.csv"), None);
        assert_eq!(label("data/x/left/a.pdf"), None);
    }
}
