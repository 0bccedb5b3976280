//! How fast a stream is learned, from articles in memory to a model: `cargo bench --bench stream`.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use slantwise::{Article, Example, Gold, Pipeline, StreamParams, StreamTrainer};

fn main() {
    divan::main();
}

/// Articles of invented words whose frequencies are Zipf's; three in a hundred words tell the label, three times of four rightly.
fn articles(n: usize, seed: u64) -> Vec<Example> {
    let mut at = seed;
    let mut next = move || {
        at = at.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (at ^ (at >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z ^ (z >> 27)
    };
    let article = |_| {
        let right = next() % 2 == 1;
        let mut text = String::new();
        for _ in 0..500 {
            let unit = (next() >> 11) as f64 / (1u64 << 53) as f64;
            if next() % 100 < 3 {
                let side = if (next() % 4 != 0) == right { "dex" } else { "sin" };
                text.push_str(&format!("{side}{} ", next() % 50));
            } else {
                text.push_str(&format!("w{} ", 100_000f64.powf(unit) as u32));
            }
        }
        let gold = Gold::One(if right { "right" } else { "left" }.to_string());
        Example { article: Article::from_text(text), gold, spans: Vec::new() }
    };
    (0..n).map(article).collect()
}

fn learn(examples: &[Example]) -> Pipeline {
    let mut trainer = StreamTrainer::new(StreamParams::default()).expect("the defaults are valid");
    examples.chunks(500).for_each(|part| trainer.learn(part.to_vec()).expect("the articles can be learned"));
    trainer.finish().expect("there are two labels")
}

/// Articles a run.
const SIZES: [usize; 2] = [2_000, 20_000];

#[divan::bench(args = SIZES, sample_count = 3)]
fn learn_articles(bencher: Bencher, n: usize) {
    let (train, test) = (articles(n, 1), articles(500, 2));
    let size = train.iter().map(|e| e.article.text().len()).sum::<usize>();
    bencher.counter(BytesCount::new(size)).bench_local(|| {
        let model = learn(black_box(&train));
        let right = |e: &&Example| model.predict(&e.article).label() == Some(e.gold.labels()[0].as_str());
        let n_right = test.iter().filter(right).count();
        assert!(n_right * 100 > test.len() * 90, "{n_right} of {}", test.len());
    });
}
