//! A synthetic corpus of any size as JSONL on standard output, made on the fly.
//!
//! ```sh
//! cargo run --release --example zipf -- 10GB | slantwise train --stream - -o m.slant
//! cargo run --release --example zipf -- 20MB --seed 2 > held-out.jsonl
//! ```
//!
//! `zipf SIZE [--seed N]`: so many bytes of articles with the labels `left` and `right`. Words are invented, 300,000 of them, their frequencies
//! Zipf's (the r-th has 1 / r). Runs of four words are made beforehand and joined at random, so that single words keep their
//! frequencies, pairs of words are as many as in a language, and no text comes twice. Three runs in a hundred are of one label
//! rather than the other, three times to one: a good model is right about nine times in ten. The same
//! seed gives the same bytes; another gives other articles of the same words and labels.

#![allow(clippy::print_stderr, clippy::exit)]

use std::io::{self, Write};

/// Words that there are.
const WORDS: usize = 300_000;
/// Runs of words that articles are made of.
const RUNS: usize = 1 << 17;
/// Words of a run.
const RUN: usize = 4;
/// Runs that speak for a label, in a thousand.
const TELLING: u64 = 30;
/// How much more often they are of their label, in a hundred.
const STRENGTH: u64 = 75;
/// Bytes that are written together.
const BLOCK: usize = 1 << 20;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let size = arguments.next().as_deref().and_then(bytes);
    let seed = match (arguments.next().as_deref(), arguments.next()) {
        (None, None) => Some(1),
        (Some("--seed"), Some(seed)) => seed.parse().ok(),
        _ => None,
    };
    let (Some(size), Some(seed)) = (size, seed) else {
        eprintln!("usage: zipf SIZE [--seed N], such as zipf 10GB");
        std::process::exit(2);
    };
    match write(size, seed, &mut io::stdout().lock()) {
        // Whoever reads has enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        Err(error) => {
            eprintln!("error: {error}");
            std::process::exit(2);
        }
        Ok(()) => {}
    }
}

/// A size such as 10GB or 500MB.
fn bytes(text: &str) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let factor = match &text[digits..] {
        "" | "B" => 1,
        "kB" => 1000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        _ => return None,
    };
    text[..digits].parse::<u64>().ok()?.checked_mul(factor)
}

/// The runs: those of no label, of the left and of the right, with the text of all of them.
struct Runs {
    text: Vec<u8>,
    ends: Vec<u32>,
    /// The first `plain` are of no label; then come those of the left and as many of the right.
    plain: usize,
    telling: usize,
}

impl Runs {
    fn new(random: &mut Random) -> Runs {
        let words: Vec<String> = (0..WORDS).map(|rank| word(rank as u64)).collect();
        // A rank with probability in proportion to 1 / rank: its logarithm is spread evenly.
        let rank = |random: &mut Random| ((WORDS as f64).powf(random.unit()) as usize - 1).min(WORDS - 1);
        let (mut text, mut ends) = (Vec::new(), vec![0]);
        for _ in 0..RUNS {
            for _ in 0..RUN {
                text.extend_from_slice(words[rank(random)].as_bytes());
                text.push(b' ');
            }
            ends.push(text.len() as u32);
        }
        let telling = RUNS / 64;
        Runs { text, ends, plain: RUNS - 2 * telling, telling }
    }

    fn get(&self, run: usize) -> &[u8] {
        &self.text[self.ends[run] as usize..self.ends[run + 1] as usize]
    }
}

fn write(size: u64, seed: u64, out: &mut impl Write) -> io::Result<()> {
    // The words and what they tell are the same whatever the seed.
    let runs = Runs::new(&mut Random(42));
    let mut random = Random(seed);
    let mut block = Vec::with_capacity(BLOCK + (1 << 16));
    let (mut written, mut number) = (0, 0u64);
    while written + (block.len() as u64) < size {
        let right = random.next() >> 63 == 1;
        number += 1;
        block.extend_from_slice(b"{\"id\":\"");
        block.extend_from_slice(number.to_string().as_bytes());
        block.extend_from_slice(if right {
            b"\",\"label\":\"right\",\"text\":\""
        } else {
            b"\",\"label\":\"left\",\"text\":\""
        });
        // Between 100 and 355 runs, 400 to 1,420 words.
        for _ in 0..100 + random.next() % 256 {
            let dice = random.next();
            let pick = (dice >> 32) as usize;
            let run = if dice % 1000 < TELLING {
                let of_own = random.next() % 100 < STRENGTH;
                runs.plain + usize::from(of_own == right) * runs.telling + pick % runs.telling
            } else {
                pick % runs.plain
            };
            block.extend_from_slice(runs.get(run));
        }
        block.extend_from_slice(b"\"}\n");
        if block.len() >= BLOCK {
            out.write_all(&block)?;
            written += block.len() as u64;
            block.clear();
        }
    }
    out.write_all(&block)?;
    out.flush()
}

/// The word of a rank: syllables, the fewer the more frequent it is.
fn word(rank: u64) -> String {
    const ONSETS: [&str; 16] = ["b", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "st"];
    const NUCLEI: [&str; 8] = ["a", "e", "i", "o", "u", "ai", "ea", "ou"];
    let mut left = rank + 128;
    let mut word = String::new();
    while left > 0 {
        word.push_str(ONSETS[(left % 16) as usize]);
        word.push_str(NUCLEI[(left / 16 % 8) as usize]);
        left /= 128;
    }
    word
}

/// splitmix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}
