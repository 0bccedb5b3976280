//! From batches of articles to a model.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use crate::article::Example;
use crate::error::{CheckpointError, CorpusErrorKind, Error, Place, Result};
use crate::pipeline::Pipeline;
use crate::stream::dictionary::HALVES;
use crate::stream::half::Work;
use crate::stream::learner::Learner;
use crate::stream::params::StreamParams;
use crate::stream::row::{Counter, Row, content};
use crate::stream::{checkpoint, finish};
use crate::text::{Analyzer, Reader};

/// Learns a model from a stream of articles in memory of a fixed size, however many there are.
///
/// The model is an ordinary [`Pipeline`]: it predicts, explains and is saved like one that is fitted on a corpus.
///
/// * Terms are held in a table of bounded size, with their weights ([`StreamParams::memory`]). Where it is full, frequent terms stay
///   (d-Way RAP: Ben Basat et al., Randomized admission policy for efficient top-k, frequency, and volume estimation, 2019). No two
///   terms share a weight. A term counts from the article on that is its `min_df`th; in the model are those with
///   a weight other than 0, and of too many for the same memory those that move scores most.
/// * Rows have the values that they have in prediction, with the document frequencies as known so far, and are learned in the order in which they
///   come, by [`Ftrl`](crate::Ftrl). Articles should come in no order of labels: see [`is_in_runs`](Self::is_in_runs).
/// * One article in twenty, chosen by its content, is not learned; up to `calibration.enough` of these (and as many as a sixteenth of the memory
///   holds; those beyond are learned) are scored by the finished model, and give its probabilities, thresholds, and what is
///   familiar. With fewer than 50 of them scores stay log-odds as they are.
/// * The first pass decides which terms there are; later ones learn their weights on.
///
/// The same articles in the same order give the same model, byte for byte, at any number of threads and however they are
/// cut into batches. Batches of about 2 MB of text keep memory low and all threads at work: two learn, each half of the terms, and all
/// analyze; with four or more, the next batch is analyzed while one is learned.
///
/// ```
/// use slantwise::{Article, Example, Gold, StreamParams, StreamTrainer};
///
/// let mut trainer = StreamTrainer::new(StreamParams::default())?;
/// for i in 0..100 {
///     let (word, label) = if i % 2 == 0 { ("rain", "wet") } else { ("sun", "dry") };
///     let article = Article::from_text(format!("Day {i} has brought {word} again."));
///     trainer.learn(vec![Example { article, gold: Gold::One(label.to_string()), spans: vec![] }])?;
/// }
/// let model = trainer.finish()?;
/// assert_eq!(model.predict(&Article::from_text("More rain.")).label(), Some("wet"));
/// # Ok::<(), slantwise::Error>(())
/// ```
pub struct StreamTrainer {
    params: StreamParams,
    reader: Reader,
    learner: Learner,
    work: [Work; HALVES],
    /// What is analyzed and not learned yet.
    waiting: Vec<Example>,
    rows: Vec<Row>,
    /// Where one batch is analyzed while another is learned: what the next is analyzed into.
    spare: Vec<Row>,
    /// One for each thread.
    counters: Vec<Mutex<Counter>>,
    /// Rows that a checkpoint has learned already.
    skip: Option<Skip>,
}

/// What is left of the rows that a checkpoint has learned already.
struct Skip {
    path: PathBuf,
    rows: u64,
    /// What they were.
    fingerprint: u64,
}

impl std::fmt::Debug for StreamTrainer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let learned = (self.learner.passes, self.learner.rows);
        f.debug_struct("StreamTrainer").field("params", &self.params).field("learned", &learned).finish_non_exhaustive()
    }
}

impl StreamTrainer {
    /// A trainer that has learned nothing.
    ///
    /// # Errors
    /// [`Error::Param`] where a parameter is out of range, or can't be served in a stream.
    pub fn new(params: StreamParams) -> Result<StreamTrainer> {
        params.check()?;
        let learner = Learner::new(&params)?;
        StreamTrainer::with(params, learner, None)
    }

    /// The trainer that a checkpoint has kept. The articles that it has learned of the pass under way must be given again, the
    /// same in the same order; they are passed over. How many these are comes with it.
    ///
    /// # Errors
    /// [`Error::Io`] where the file can't be read, [`Error::Checkpoint`] where it is none, is damaged, or was made with other parameters,
    /// and those of [`new`](Self::new).
    pub fn resume(path: impl AsRef<Path>, params: StreamParams) -> Result<(StreamTrainer, u64)> {
        params.check()?;
        let mut learner = checkpoint::load(path.as_ref(), &params)?;
        let skip = Skip { path: path.as_ref().to_path_buf(), rows: learner.rows, fingerprint: learner.fingerprint };
        (learner.rows, learner.fingerprint) = (0, 0);
        let rows = skip.rows;
        let skip = (rows > 0).then_some(skip);
        Ok((StreamTrainer::with(params, learner, skip)?, rows))
    }

    fn with(params: StreamParams, learner: Learner, skip: Option<Skip>) -> Result<StreamTrainer> {
        let by_language = params.pipeline.analyzer.is_by_language();
        let reader = Reader::with(&params.pipeline.reading, Default::default(), by_language)?;
        let work = [0, 1].map(|_| Work::new(&params.pipeline.analyzer));
        let (waiting, rows, spare, counters) = Default::default();
        Ok(StreamTrainer { params, reader, learner, work, waiting, rows, spare, counters, skip })
    }

    /// Learns the articles given before, and analyzes these, so that an error may be of those.
    ///
    /// # Errors
    /// Articles of the other task, a row without its weight ([`weight_by`](crate::PipelineParams::weight_by)), more labels than there is
    /// memory for, and articles that are not those of the checkpoint that was resumed from.
    pub fn learn(&mut self, mut examples: Vec<Example>) -> Result<()> {
        self.pass_over(&mut examples)?;
        let n_threads = rayon::current_num_threads();
        let StreamTrainer { params, reader, learner, work, waiting, rows, spare, counters, .. } = self;
        counters.resize_with(n_threads, || Mutex::new(Counter::new(Analyzer::new(&params.pipeline.analyzer))));
        let learned = if n_threads < 4 {
            // Learning alone has work for two.
            let learned = learner.learn(params, work, waiting, rows);
            analyze(params, reader, counters, &examples, rows);
            learned
        } else {
            let analyze = || analyze(params, reader, counters, &examples, spare);
            let learned = rayon::join(analyze, || learner.learn(params, work, waiting, rows)).1;
            std::mem::swap(rows, spare);
            learned
        };
        self.waiting = examples;
        learned
    }

    /// Ends a pass over the articles. Another may begin, with the same articles in the same order.
    ///
    /// # Errors
    /// Those of [`learn`](Self::learn).
    pub fn end_pass(&mut self) -> Result<()> {
        self.flush()?;
        self.no_more()?;
        self.learner.end_pass();
        Ok(())
    }

    /// How many passes have been ended.
    pub fn n_passes(&self) -> u32 {
        self.learner.passes
    }

    /// How many articles of the pass under way have been learned, held out or passed over.
    pub fn n_articles(&self) -> u64 {
        self.learner.rows + self.waiting.len() as u64
    }

    /// How many labels have been found.
    pub fn n_labels(&self) -> usize {
        self.learner.labels.names.len()
    }

    /// Whether the articles of the first pass came in long runs of one class: what is learned of one class is then forgotten over
    /// the next, and the articles should be shuffled. Of a hundred articles at least.
    pub fn is_in_runs(&self) -> bool {
        self.learner.is_in_runs()
    }

    /// Writes all that has been learned to a file, so that learning can go on from there; first to a temporary one beside it, which
    /// then takes its place. Nothing of the articles is in it but terms, and hashes of those that are held out.
    ///
    /// # Errors
    /// [`Error::Io`] where it can't be written, and those of [`learn`](Self::learn).
    pub fn save(&mut self, path: impl AsRef<Path>) -> Result<()> {
        self.flush()?;
        if self.skip.is_some() {
            // What the file holds already is further than this.
            return Ok(());
        }
        checkpoint::save(path.as_ref(), &self.params, &self.learner)
    }

    /// The model.
    ///
    /// # Errors
    /// No articles, fewer than two classes, no term that is frequent enough, and those of [`learn`](Self::learn).
    pub fn finish(mut self) -> Result<Pipeline> {
        self.flush()?;
        self.no_more()?;
        let StreamTrainer { params, reader, learner, rows, spare, counters, work, .. } = self;
        // The model takes their memory.
        drop((rows, spare, counters, work));
        if learner.labels.support.is_empty() && learner.task.is_none() {
            let place = Place { path: "stream".into(), line: None };
            return Err(Error::Corpus { place, kind: CorpusErrorKind::Empty });
        }
        finish::pipeline(params, reader, learner)
    }

    fn flush(&mut self) -> Result<()> {
        let StreamTrainer { params, learner, work, waiting, rows, .. } = self;
        learner.learn(params, work, waiting, rows)?;
        waiting.clear();
        Ok(())
    }

    /// Takes those articles away that a checkpoint has learned.
    fn pass_over(&mut self, examples: &mut Vec<Example>) -> Result<()> {
        let Some(skip) = &self.skip else { return Ok(()) };
        let n = usize::try_from(skip.rows - self.learner.rows).unwrap_or(usize::MAX).min(examples.len());
        for example in examples.drain(..n) {
            self.learner.pass_over(content(&example.article, self.params.pipeline.seed));
        }
        if self.learner.rows == skip.rows {
            if self.learner.fingerprint != skip.fingerprint {
                return self.no_more();
            }
            self.skip = None;
        }
        Ok(())
    }

    /// An error where the articles of a checkpoint have not come.
    fn no_more(&self) -> Result<()> {
        let Some(skip) = &self.skip else { return Ok(()) };
        Err(Error::Checkpoint { path: skip.path.clone(), source: CheckpointError::OtherArticles })
    }
}

/// Rows that are analyzed together.
const CHUNK: usize = 16;

fn analyze(
    params: &StreamParams,
    reader: &Reader,
    counters: &[Mutex<Counter>],
    examples: &[Example],
    rows: &mut Vec<Row>,
) {
    rows.resize_with(examples.len(), Row::default);
    let seed = params.pipeline.seed;
    examples.par_chunks(CHUNK).zip(rows.par_chunks_mut(CHUNK)).for_each(|(examples, rows)| {
        // A thread's own; none but it ever waits there.
        let thread = rayon::current_thread_index().unwrap_or(0) % counters.len();
        let mut counter = counters[thread].lock().unwrap_or_else(PoisonError::into_inner);
        for (example, row) in examples.iter().zip(rows) {
            row.read(&mut counter, reader, &example.article, seed);
        }
    });
}
