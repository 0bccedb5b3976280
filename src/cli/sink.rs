//! Where data goes: standard output, or a file that appears whole or not at all.

use std::fs;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use tempfile::NamedTempFile;

/// The reader of standard output has gone: no error, but an end.
#[derive(Debug, thiserror::Error)]
#[error("the pipe is closed")]
pub(super) struct ClosedPipe;

/// Receives the data of a command.
#[derive(Debug)]
pub(super) enum Sink {
    Stdout(io::Stdout),
    /// A pipe or a device, written to as it is.
    Device(fs::File, PathBuf),
    /// A temporary file that takes the place of `path` in [`Sink::finish`].
    File(BufWriter<NamedTempFile>, PathBuf),
}

impl Sink {
    /// Standard output, or a file.
    pub(super) fn open(path: Option<&Path>) -> anyhow::Result<Sink> {
        let Some(path) = path else { return Ok(Sink::Stdout(io::stdout())) };
        if path.exists() && !path.is_file() && !path.is_dir() {
            let file = fs::OpenOptions::new().write(true).open(path).with_context(|| cannot_write(path))?;
            return Ok(Sink::Device(file, path.to_path_buf()));
        }
        let path = target(path)?;
        let file = temporary(&path)?;
        Ok(Sink::File(BufWriter::with_capacity(1 << 16, file), path))
    }

    /// Whether data goes to standard output.
    pub(super) fn is_stdout(&self) -> bool {
        matches!(self, Sink::Stdout(_))
    }

    /// Whether people watch the data go by.
    pub(super) fn is_terminal(&self) -> bool {
        self.is_stdout() && io::stdout().is_terminal()
    }

    /// Whether data may have colours.
    pub(super) fn is_coloured(&self) -> bool {
        self.is_stdout() && anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        match self {
            Sink::Stdout(stdout) => stdout_result(stdout.write_all(bytes)),
            Sink::Device(file, path) => file.write_all(bytes).with_context(|| cannot_write(path)),
            Sink::File(file, path) => file.write_all(bytes).with_context(|| cannot_write(path)),
        }
    }

    /// Hands on what has been written; a file is not touched before it is whole.
    pub(super) fn flush(&mut self) -> anyhow::Result<()> {
        match self {
            Sink::Stdout(stdout) => stdout_result(stdout.flush()),
            Sink::Device(..) | Sink::File(..) => Ok(()),
        }
    }

    /// All is written: the file takes its place.
    pub(super) fn finish(mut self) -> anyhow::Result<()> {
        self.flush()?;
        let Sink::File(file, path) = self else { return Ok(()) };
        let write = || -> io::Result<()> {
            let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.as_file().sync_all()?;
            file.persist(&path)?;
            Ok(())
        };
        write().with_context(|| cannot_write(&path))
    }
}

/// Prints data to standard output.
pub(super) fn print(text: &str) -> anyhow::Result<()> {
    let mut sink = Sink::Stdout(io::stdout());
    sink.write(text.as_bytes())?;
    sink.finish()
}

fn stdout_result(result: io::Result<()>) -> anyhow::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(ClosedPipe.into()),
        other => other.context("can't write to standard output"),
    }
}

/// Errors where a file could not be written later, before hours of work are spent on it.
pub(super) fn check_writable(path: &Path) -> anyhow::Result<()> {
    if path.exists() && !path.is_file() && !path.is_dir() {
        bail!("{}: not a regular file; name a file in a folder", path.display());
    }
    temporary(&target(path)?).map(drop)
}

/// Errors where the output is one of the inputs.
pub(super) fn check_distinct(output: &Path, inputs: &[PathBuf]) -> anyhow::Result<()> {
    let Ok(output_file) = output.canonicalize() else { return Ok(()) };
    if inputs.iter().any(|input| input.canonicalize().is_ok_and(|input| input == output_file)) {
        bail!("{}: is an input as well and would be overwritten; name another file with -o", output.display());
    }
    Ok(())
}

/// Errors where the output or the file of rejected rows is one of the inputs, or both are the same.
pub(super) fn check_outputs(output: Option<&Path>, rejects: Option<&Path>, inputs: &[PathBuf]) -> anyhow::Result<()> {
    for path in [output, rejects].into_iter().flatten() {
        check_distinct(path, inputs)?;
    }
    if output.is_some() && output == rejects {
        bail!("-o and --rejects name the same file; name two");
    }
    Ok(())
}

/// The file that is meant, through links; it must not be a folder.
fn target(path: &Path) -> anyhow::Result<PathBuf> {
    if path.is_dir() {
        bail!("{}: is a folder; name a file", path.display());
    }
    Ok(path.canonicalize().unwrap_or_else(|_| path.to_path_buf()))
}

/// A temporary file beside `path`, with the rights of any new file.
fn temporary(path: &Path) -> anyhow::Result<NamedTempFile> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        bail!("{}: the folder {} does not exist; create it first", path.display(), folder.display());
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".slantwise-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder).with_context(|| cannot_write(path))
}

fn cannot_write(path: &Path) -> String {
    format!("{}: can't be written; check the rights and the space of its folder", path.display())
}
