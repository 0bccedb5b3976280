//! The program as people and scripts meet it: every command in a folder of its own, with exit status, standard
//! output and standard error.
#![allow(clippy::unwrap_used)]

mod audit;
mod bad_input;
mod clean;
mod compress;
mod encodings;
mod golden;
mod options;
mod predict;
mod sentences;
mod stream;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// A folder for one test, with the sample corpora in it.
struct Folder(TempDir);

/// What a run left behind.
struct Run {
    status: i32,
    stdout: String,
    stderr: String,
}

impl Folder {
    fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/cli"), folder.0.path());
        folder
    }

    /// A folder with models: `tram.slant` (one class) and `harbour.slant` (several labels).
    fn with_models() -> Folder {
        let folder = Folder::new();
        for name in ["tram", "harbour"] {
            folder.ok(&format!("train {name}.jsonl -o {name}.slant --classifier naive-bayes --min-df 1"));
        }
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(name), bytes).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// The files in the folder, ascending.
    fn files(&self) -> Vec<String> {
        let mut files: Vec<String> =
            fs::read_dir(self.0.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        files.sort();
        files
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_slantwise"));
        command.current_dir(self.0.path()).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
        command
    }

    /// Runs the program with arguments separated by spaces.
    fn run(&self, arguments: &str) -> Run {
        Run::of(self.command().args(arguments.split_whitespace()))
    }

    fn run_with(&self, arguments: &str, stdin: impl Into<Vec<u8>>) -> Run {
        Run::of(self.command().args(arguments.split_whitespace()).write_stdin(stdin))
    }

    /// Runs the program, which must do what it is asked; returns standard output.
    fn ok(&self, arguments: &str) -> String {
        let run = self.run(arguments);
        assert_eq!(run.status, 0, "{arguments}\n{run}");
        run.stdout
    }

    /// Runs the program, which must fail with status 2 and say nothing on standard output; returns the message.
    fn error(&self, arguments: &str) -> String {
        let run = self.run(arguments);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{arguments}\n{run}");
        assert!(run.stderr.starts_with("error: "), "{run}");
        run.stderr
    }
}

impl Run {
    fn of(command: &mut Command) -> Run {
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Run {
            status: output.status.code().expect("no signal"),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// Standard output as rows of JSON.
    fn rows(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // How long it took is different every time.
        let stderr: String = self
            .stderr
            .lines()
            .map(|line| line.split(" written in ").next().unwrap_or("").to_string() + "\n")
            .collect();
        write!(f, "status {}\n--- stdout\n{}--- stderr\n{stderr}", self.status, self.stdout)
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
