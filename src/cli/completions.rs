//! `slantwise completions`: the words that a shell completes.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Cli, Outcome, sink};

/// Print a script that makes a shell complete commands and options
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  slantwise completions bash > ~/.local/share/bash-completion/completions/slantwise
  slantwise completions zsh > ~/.zfunc/_slantwise
  slantwise completions fish > ~/.config/fish/completions/slantwise.fish")]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "slantwise", &mut script);
        sink::print(&String::from_utf8_lossy(&script))?;
        Ok(Outcome::Done)
    }
}
