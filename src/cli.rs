//! The command line: what can be typed, and what runs.

mod audit;
mod clean;
mod completions;
mod compress;
mod console;
mod crossval;
mod evaluate;
mod explain;
mod inspect;
mod models;
mod output;
mod predict;
mod queue;
mod reading;
mod rejects;
mod scores;
mod sink;
mod spool;
mod stream;
mod train;
mod train_options;
mod tune;
mod values;

use std::num::NonZeroUsize;
use std::process::ExitCode;

use clap::builder::Styles;
use clap::builder::styling::AnsiColor;
use clap::{Args, Parser, Subcommand};

use console::Console;
use sink::ClosedPipe;

const ABOUT: &str = "Labels news articles by outlet stance and propaganda framing, and shows the words that decided";

const HELP: &str = "\
A first round:
  slantwise train articles.jsonl -o my.slant       learn from articles that have a label
  slantwise predict --model my.slant new/          label a folder of new articles
  slantwise explain --model my.slant new/a.txt     see which words decided
  slantwise crossval articles.jsonl                measure how far to trust it
  slantwise audit articles.jsonl                   see what the articles' labels really follow

Articles come as JSONL (one object a line with \"text\" and, for training, \"label\" or \"labels\"), CSV, TSV, \
fastText lines, plain text or HTML files, or folders of these; each also as .gz or .zst; '-' reads JSONL from \
standard input. Data goes to standard output; progress, warnings and errors go to standard error.

Exit status:
  0  done
  1  a gate failed (evaluate and crossval with --fail-under, audit with --fail-on)
  2  an error; the message says what to do";

/// Everything that was typed.
#[derive(Debug, Parser)]
#[command(name = "slantwise", version, about = ABOUT, after_help = HELP, styles = STYLES, max_term_width = 100)]
#[command(propagate_version = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// The options of every command.
#[derive(Debug, Args)]
struct Common {
    /// Threads to use [default: one for each core]
    #[arg(long, short, global = true, value_name = "N", help_heading = "Everywhere")]
    jobs: Option<NonZeroUsize>,
    /// No progress and no summary on standard error; warnings and errors stay
    #[arg(long, short, global = true, help_heading = "Everywhere")]
    quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Train(Box<train::Train>),
    Predict(predict::Predict),
    Tune(Box<tune::Tune>),
    Evaluate(evaluate::Evaluate),
    Crossval(Box<crossval::Crossval>),
    Audit(Box<audit::Audit>),
    Explain(explain::Explain),
    Inspect(inspect::Inspect),
    Compress(compress::Compress),
    Clean(clean::Clean),
    Completions(completions::Completions),
}

/// How a command ended that met no error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Done,
    GateFailed,
}

impl Cli {
    /// Runs the command in a pool of `--jobs` threads and reports its error, if any.
    pub(crate) fn run(self) -> ExitCode {
        let console = Console::new(self.common.quiet);
        let mut pool = rayon::ThreadPoolBuilder::new();
        if let Some(jobs) = self.common.jobs {
            pool = pool.num_threads(jobs.get());
        }
        let result = match pool.build() {
            Ok(pool) => pool.install(|| self.command.run(&console)),
            Err(error) => Err(anyhow::Error::new(error).context("can't start the threads; give fewer with --jobs")),
        };
        console.stop();
        match result {
            Ok(Outcome::Done) => ExitCode::SUCCESS,
            Ok(Outcome::GateFailed) => ExitCode::from(1),
            // Whoever reads the output has seen enough.
            Err(error) if error.is::<ClosedPipe>() => ExitCode::SUCCESS,
            Err(error) => {
                console.error(&error);
                ExitCode::from(2)
            }
        }
    }
}

impl Command {
    fn run(self, console: &Console) -> anyhow::Result<Outcome> {
        match self {
            Command::Train(command) => command.run(console),
            Command::Predict(command) => command.run(console),
            Command::Tune(command) => command.run(console),
            Command::Evaluate(command) => command.run(console),
            Command::Crossval(command) => command.run(console),
            Command::Audit(command) => command.run(console),
            Command::Explain(command) => command.run(console),
            Command::Inspect(command) => command.run(),
            Command::Compress(command) => command.run(console),
            Command::Clean(command) => command.run(console),
            Command::Completions(command) => command.run(),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        super::Cli::command().debug_assert();
    }
}
