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
