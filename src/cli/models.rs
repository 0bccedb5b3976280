//! The models that a command runs, by name.

use std::path::{Path, PathBuf};

use anyhow::bail;
use slantwise::Pipeline;

/// A model and the name under which its answers stand: the stem of its file.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) name: String,
    pub(super) pipeline: Pipeline,
}

/// The models of these files or shipped names; without any, those that are shipped.
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
        models.push(Model { name, pipeline: open(path)? });
    }
    Ok(models)
}

/// The model in a file; where there is no such file, the shipped model of that name.
pub(super) fn open(path: &Path) -> anyhow::Result<Pipeline> {
    #[cfg(feature = "models")]
    if let (false, Some(model)) = (path.exists(), path.to_str().and_then(slantwise::ShippedModel::named)) {
        return Ok(model.load()?);
    }
    Ok(Pipeline::load(path)?)
}

/// The models inside the program.
#[cfg(feature = "models")]
fn shipped() -> anyhow::Result<Vec<Model>> {
    use rayon::prelude::*;
    slantwise::ShippedModel::all()
        .par_iter()
        .map(|model| Ok(Model { name: model.name.to_string(), pipeline: model.load()? }))
        .collect()
}

/// This program was built without models.
#[cfg(not(feature = "models"))]
fn shipped() -> anyhow::Result<Vec<Model>> {
    bail!("this program was built without models; name one with --model FILE (slantwise train makes one)")
}
