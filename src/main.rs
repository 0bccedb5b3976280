//! The command `slantwise`: parse, run, exit status.

mod cli;

use std::process::ExitCode;

use clap::Parser;

/// Training frees as much as it keeps; the system's allocator holds on to most of what was freed.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::Cli::parse().run()
}
