//! Standard error: progress, notes, warnings and errors.

use std::fmt::Display;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::builder::styling::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use slantwise::Error;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// What is said to the person, apart from the data. A bar is drawn on a terminal only.
#[derive(Debug)]
pub(super) struct Console {
    quiet: bool,
    bar: ProgressBar,
    /// Whether a thread moves the bar: it begins with the first message, not with each.
    ticks: AtomicBool,
}

impl Console {
    pub(super) fn new(quiet: bool) -> Console {
        let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
            bar.set_style(style);
        }
        Console { quiet, bar, ticks: AtomicBool::new(false) }
    }

    /// Shows what is being done.
    pub(super) fn progress(&self, message: impl Into<String>) {
        if self.bar.is_hidden() {
            return;
        }
        self.bar.set_message(message.into());
        if !self.ticks.swap(true, Ordering::Relaxed) {
            self.bar.enable_steady_tick(Duration::from_millis(120));
        }
    }

    /// Takes the progress away, before data is printed or at the end.
    pub(super) fn stop(&self) {
        self.bar.disable_steady_tick();
        self.ticks.store(false, Ordering::Relaxed);
        self.bar.finish_and_clear();
    }

    /// A line of the summary; `--quiet` leaves it out.
    pub(super) fn note(&self, message: impl Display) {
        if !self.quiet {
            self.line(format_args!("{message}"));
        }
    }

    /// Something the person should know, whatever happens next.
    pub(super) fn warn(&self, message: impl Display) {
        self.line(format_args!("{WARNING}warning:{WARNING:#} {message}"));
    }

    /// A gate that was not passed.
    pub(super) fn failed(&self, message: impl Display) {
        self.line(format_args!("{ERROR}failed:{ERROR:#} {message}"));
    }

    /// An error, one line a cause.
    pub(super) fn error(&self, error: &anyhow::Error) {
        let mut said = String::new();
        for cause in error.chain() {
            // An error of the library tells its own cause.
            let message = one_line(&cause.to_string());
            if !said.is_empty() && said.contains(&message) {
                continue;
            }
            let remedy = cause.downcast_ref().and_then(remedy).unwrap_or_default();
            let head = if said.is_empty() { "error:" } else { "  because:" };
            self.line(format_args!("{ERROR}{head}{ERROR:#} {message}{remedy}"));
            said = message;
        }
    }

    fn line(&self, line: std::fmt::Arguments<'_>) {
        // With standard error closed there is nobody to tell.
        self.bar.suspend(|| _ = writeln!(anstream::stderr(), "{line}"));
    }
}

/// What to do about errors of the operating system, which don't say it themselves.
fn remedy(error: &Error) -> Option<&'static str> {
    let Error::Io { source, .. } = error else { return None };
    match source.kind() {
        io::ErrorKind::NotFound => Some("; check the spelling and the folder you are in"),
        io::ErrorKind::PermissionDenied => Some("; check the rights of the file and its folder"),
        io::ErrorKind::StorageFull => Some("; make room and run it again"),
        _ => None,
    }
}

fn one_line(message: &str) -> String {
    message.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}
