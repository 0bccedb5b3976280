//! The models that a command runs, by name.

use std::path::PathBuf;

use anyhow::bail;
use slantwise::Pipeline;

/// A model and the name under which its answers stand: the stem of its file.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) name: String,
    pub(super) pipeline: Pipeline,
}

/// The models of these files; without any, those that are shipped.
pub(super) fn load(paths: &[PathBuf]) -> anyhow::Result<Vec<Model>> {
    if paths.is_empty() {
        return shipped();
    }
    let mut models: Vec<Model> = Vec::with_capacity(paths.len());
    for path in paths {
        let stem = path.file_stem().unwrap_or(path.as_os_str());
        let name = stem.to_string_lossy().into_owned();
        if models.iter().any(|model| model.name == name) {
            bail!("{}: another model is named \"{name}\" as well; rename one of the two files", path.display());
        }
        models.push(Model { name, pipeline: Pipeline::load(path)? });
    }
    Ok(models)
}

/// The models inside the program.
fn shipped() -> anyhow::Result<Vec<Model>> {
    bail!("no model given; name one with --model FILE (slantwise train makes one)")
}
