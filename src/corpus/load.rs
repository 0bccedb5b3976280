//! Whole files into memory, parsed by all threads, in the order of the file.

use std::io::{BufRead, BufReader, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;

use rayon::prelude::*;

use super::fasttext;
use super::jsonl;
use super::lines::{Block, Blocks};
use super::record::Record;
use super::source::Source;
use super::table::Table;
use crate::article::{Example, Gold};
use crate::error::{CorpusErrorKind, Error, Place, Result};
use crate::label::Task;

/// Examples as they come in, all of one task.
#[derive(Default)]
pub(super) struct Collected {
    pub(super) examples: Vec<Example>,
    pub(super) task: Option<Task>,
}

impl Collected {
    /// Appends a part; an error where its rows are not of the task of the rows before.
    pub(super) fn append(&mut self, mut part: Part, place: impl Fn(u64) -> Place) -> Result<()> {
        let first = match (part.first_one, part.first_several) {
            (Some(one), Some(several)) if one < several => Some(Task::One),
            (Some(_), None) => Some(Task::One),
            (_, Some(_)) => Some(Task::Several),
            (None, None) => None,
        };
        let task = self.task.or(first);
        let (stray, found, expected) = match task {
            Some(Task::One) => (part.first_several, Task::Several, Task::One),
            _ => (part.first_one, Task::One, Task::Several),
        };
        if let Some(line) = stray {
            let (found, expected) = (found.in_words(), expected.in_words());
            return Err(Error::Corpus { place: place(line), kind: CorpusErrorKind::MixedTasks { found, expected } });
        }
        self.task = task;
        self.examples.append(&mut part.examples);
        Ok(())
    }
}

/// Consecutive examples of one file, with the lines that show their task.
#[derive(Default)]
pub(super) struct Part {
    pub(super) examples: Vec<Example>,
    pub(super) first_one: Option<u64>,
    pub(super) first_several: Option<u64>,
}

impl Part {
    pub(super) fn push(&mut self, example: Example, line: u64) {
        match example.gold {
            Gold::One(_) => self.first_one.get_or_insert(line),
            Gold::Several(_) => self.first_several.get_or_insert(line),
        };
        self.examples.push(example);
    }
}

/// Parses JSONL: one thread reads and decompresses, the others parse what it has read.
pub(super) fn jsonl(reader: impl Read + Send, source: &Source, into: &mut Collected) -> Result<()> {
    lines(reader, source, jsonl::parse, |part| into.append(part, |line| source.place(Some(line))))
}

/// Parses fastText, whose task only the whole file tells.
pub(super) fn fasttext(reader: impl Read + Send, source: &Source, into: &mut Collected) -> Result<()> {
    let mut all = Part::default();
    lines(reader, source, fasttext::parse, |mut part| {
        all.first_several = all.first_several.or(part.first_several);
        all.examples.append(&mut part.examples);
        Ok(())
    })?;
    fasttext::settle_task(&mut all.examples);
    if all.examples.first().is_some_and(|e| matches!(e.gold, Gold::One(_))) {
        all.first_one = all.first_several.take();
    }
    into.append(all, |line| source.place(Some(line)))
}

/// Parses a table.
pub(super) fn table(reader: impl Read, delimiter: char, source: &Source, into: &mut Collected) -> Result<()> {
    let mut table = Table::new(BufReader::with_capacity(1 << 18, reader), delimiter);
    let mut part = Part::default();
    let result = fill_from_table(&mut table, source, &mut part);
    into.append(part, |line| source.place(Some(line)))?;
    result
}

fn fill_from_table<R: BufRead>(table: &mut Table<R>, source: &Source, part: &mut Part) -> Result<()> {
    while let Some((line, record)) = table.next(source)? {
        let example = record.into_example(source, Some(line)).map_err(|kind| source.error(Some(line), kind))?;
        part.push(example, line);
    }
    Ok(())
}

type ParseLine = fn(&str) -> std::result::Result<Record, CorpusErrorKind>;

/// Cuts the stream into blocks, parses them in parallel and hands the parts on in their order. The
/// first error of the file is reported, whichever thread meets one first.
fn lines(
    reader: impl Read + Send,
    source: &Source,
    parse: ParseLine,
    mut append: impl FnMut(Part) -> Result<()>,
) -> Result<()> {
    let failed = AtomicBool::new(false);
    let mut parts = std::thread::scope(|scope| -> Result<Vec<_>> {
        let (sender, receiver) = sync_channel(2 * rayon::current_num_threads());
        let read = move || {
            for block in Blocks::new(reader, source) {
                // Nobody receives any more once a row has failed.
                if sender.send(block).is_err() {
                    break;
                }
            }
        };
        std::thread::Builder::new().spawn_scoped(scope, read).map_err(|e| Error::io(&source.path, e))?;
        // Blocks are taken in order, so that all blocks before a failed one are parsed to the end.
        let blocks = receiver.into_iter().enumerate().take_while(|_| !failed.load(Ordering::Relaxed));
        let parsed = blocks.par_bridge().map(|(at, block)| {
            let (part, result) = match block {
                Ok(block) => parse_block(&block, source, parse),
                Err(error) => (Part::default(), Err(error)),
            };
            failed.fetch_or(result.is_err(), Ordering::Relaxed);
            (at, part, result)
        });
        Ok(parsed.collect::<Vec<_>>())
    })?;
    parts.sort_unstable_by_key(|(at, ..)| *at);
    for (_, part, result) in parts {
        append(part)?;
        result?;
    }
    Ok(())
}

fn parse_block(block: &Block, source: &Source, parse: ParseLine) -> (Part, Result<()>) {
    let mut part = Part::default();
    let result = block.each_line(source, |number, line| {
        part.push(parse(line)?.into_example(source, Some(number))?, number);
        Ok(())
    });
    (part, result.map_err(|(line, kind)| source.error(Some(line), kind)))
}
