//! Takes a model file apart and puts it together again, changed.

use serde_json::Value;
use slantwise::{Article, Corpus, Error, Example, Gold, MAGIC, ModelFileError, Pipeline};
use xxhash_rust::xxh3::xxh3_64;

/// Magic, version, length of the payload, checksum of the payload.
pub(crate) const HEADER: usize = 8 + 4 + 8 + 8;

/// What the payload consists of, each with its length (u64) before it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Part {
    /// JSON.
    Settings,
    /// u64, ascending.
    Hashes,
    /// u32, the column of each hash.
    Columns,
    /// The written terms in the order of their columns.
    Terms,
    /// u32, the byte at which each term ends.
    TermEnds,
    /// f32, one a column.
    Idf,
    /// f32, outputs of each column.
    Weights,
    /// f32, one an output.
    Intercepts,
}

const PARTS: usize = Part::Intercepts as usize + 1;

/// The parts of a payload, to be changed.
#[derive(Debug, Clone)]
pub(crate) struct Parts(Vec<Vec<u8>>);

impl Parts {
    /// The parts of a model.
    pub(crate) fn of(model: &Pipeline) -> Parts {
        let bytes = model.to_bytes();
        let (mut parts, mut at) = (Vec::new(), HEADER);
        while at < bytes.len() {
            let length = u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap()) as usize;
            parts.push(bytes[at + 8..at + 8 + length].to_vec());
            at += 8 + length;
        }
        assert_eq!((parts.len(), at), (PARTS, bytes.len()), "the format has changed: bring forge.rs up to date");
        Parts(parts)
    }

    /// Changes the settings.
    pub(crate) fn settings(mut self, change: impl FnOnce(&mut Value)) -> Parts {
        let settings = &mut self.0[Part::Settings as usize];
        let mut json = serde_json::from_slice(settings).unwrap();
        change(&mut json);
        *settings = serde_json::to_vec(&json).unwrap();
        self
    }

    /// Changes the bytes of a part.
    pub(crate) fn bytes(mut self, part: Part, change: impl FnOnce(&mut Vec<u8>)) -> Parts {
        change(&mut self.0[part as usize]);
        self
    }

    /// Changes a part of 32-bit numbers.
    pub(crate) fn u32s(self, part: Part, change: impl FnOnce(&mut Vec<u32>)) -> Parts {
        self.numbers(part, u32::from_le_bytes, u32::to_le_bytes, change)
    }

    /// Changes a part of 64-bit numbers.
    pub(crate) fn u64s(self, part: Part, change: impl FnOnce(&mut Vec<u64>)) -> Parts {
        self.numbers(part, u64::from_le_bytes, u64::to_le_bytes, change)
    }

    /// Changes a part of floating-point numbers.
    pub(crate) fn f32s(self, part: Part, change: impl FnOnce(&mut Vec<f32>)) -> Parts {
        self.numbers(part, f32::from_le_bytes, f32::to_le_bytes, change)
    }

    fn numbers<T, const N: usize>(
        self,
        part: Part,
        from: fn([u8; N]) -> T,
        to: fn(T) -> [u8; N],
        change: impl FnOnce(&mut Vec<T>),
    ) -> Parts {
        self.bytes(part, |bytes| {
            let mut numbers = bytes.chunks_exact(N).map(|chunk| from(chunk.try_into().unwrap())).collect();
            change(&mut numbers);
            *bytes = numbers.into_iter().flat_map(to).collect();
        })
    }

    /// The payload as a file has it.
    pub(crate) fn payload(&self) -> Vec<u8> {
        self.0.iter().flat_map(|part| [&(part.len() as u64).to_le_bytes()[..], part].concat()).collect()
    }

    /// A file of these parts.
    pub(crate) fn file(&self) -> Vec<u8> {
        sealed(&self.payload())
    }

    /// Why a file of these parts is refused.
    pub(crate) fn refused(&self) -> ModelFileError {
        refused(&self.file())
    }
}

/// A file of this payload with a header that fits it.
pub(crate) fn sealed(payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u64).to_le_bytes();
    [&MAGIC[..], &1_u32.to_le_bytes(), &length, &xxh3_64(payload).to_le_bytes(), payload].concat()
}

/// Why these bytes are refused; panics where they aren't.
pub(crate) fn refused(bytes: &[u8]) -> ModelFileError {
    match Pipeline::from_bytes(bytes) {
        Err(Error::Model { source, .. }) => source,
        Err(other) => panic!("another kind of error: {other}"),
        Ok(_) => panic!("the file was accepted"),
    }
}

/// Texts in three languages, short enough to print.
const TEXTS: [&str; 6] = [
    "The regime begs for arms and wants the war to go on.",
    "Partners send arms so that people can live in peace.",
    "The vote took three hours; the talks go on.",
    "Режим просит оружие и хочет войны.",
    "Партнери дають зброю, щоб люди жили в мирі.",
    "Переговоры о мире идут третий день.",
];

fn corpus(gold: impl Fn(usize) -> Gold) -> Corpus {
    let example = |(i, text): (usize, &&str)| Example {
        article: Article::new("News: arms, peace", *text),
        gold: gold(i),
        spans: Vec::new(),
    };
    Corpus::from_examples(TEXTS.iter().enumerate().map(example).collect()).unwrap()
}

/// A model of three classes, on words and characters.
pub(crate) fn three_classes() -> Pipeline {
    let corpus = corpus(|i| Gold::One(["against", "for", "neutral"][i % 3].to_string()));
    Pipeline::params().words(1, 2).chars(2, 3).min_df(2).fit(&corpus).unwrap()
}

/// A model of two classes, which share one column of weights.
pub(crate) fn two_classes() -> Pipeline {
    let corpus = corpus(|i| Gold::One(["against", "for"][i % 2].to_string()));
    Pipeline::params().min_df(1).fit(&corpus).unwrap()
}

/// A model of three labels.
pub(crate) fn three_labels() -> Pipeline {
    let corpus = corpus(|i| Gold::several(["aid", "arms", "war"].into_iter().skip(i % 3)));
    Pipeline::params().min_df(1).fit(&corpus).unwrap()
}
