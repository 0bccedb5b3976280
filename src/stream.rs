//! Learning from streams: any number of articles, in memory of a fixed size.

mod arena;
mod checkpoint;
mod dictionary;
mod finish;
mod front;
mod half;
mod held_out;
mod learner;
mod meeting;
mod params;
mod row;
#[cfg(test)]
mod tests;
mod trainer;

pub use params::StreamParams;
pub use trainer::StreamTrainer;
