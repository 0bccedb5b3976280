use slantwise::*;
use std::time::Instant;
fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().collect();
    let t = Instant::now();
    let corpus = Corpus::from_path(&args[1])?;
    eprintln!("read {} rows {:.2}s", corpus.len(), t.elapsed().as_secs_f64());
    let c: f64 = args[3].parse().unwrap();
    let params = Pipeline::params().classifier(Classifier::named(&args[2]).unwrap().c(c));
    if args[4] == "cv" {
        let t = Instant::now();
        let cv = params.crossval(
            &corpus,
            &CrossvalParams { split: SplitParams { allow_rare: true, ..Default::default() }, by_date: None },
        )?;
        println!(
            "{} {} C={} cv acc {:.4} macro {:.4} micro {:.4} ece {:?} logloss {:?}  {:.2}s",
            args[1],
            args[2],
            c,
            cv.scores.accuracy,
            cv.scores.macro_f1,
            cv.scores.micro_f1,
            cv.scores.ece,
            cv.scores.log_loss,
            t.elapsed().as_secs_f64()
        );
    } else {
        let t = Instant::now();
        let m = params.fit(&corpus)?;
        eprintln!("fit {:.2}s  terms {}", t.elapsed().as_secs_f64(), m.vectorizer().vocabulary().len());
        let t = Instant::now();
        m.save("/tmp/m.slant")?;
        eprintln!("save {:.2}s", t.elapsed().as_secs_f64());
        let t = Instant::now();
        let m = Pipeline::load("/tmp/m.slant")?;
        eprintln!("load {:.2}s", t.elapsed().as_secs_f64());
        if args.len() > 5 {
            let test = Corpus::from_path(&args[5])?;
            let mb: usize =
                test.examples().iter().map(|e| e.article.text().len() + e.article.title().map_or(0, |t| t.len())).sum();
            let t = Instant::now();
            let s = m.evaluate(&test)?;
            let dt = t.elapsed().as_secs_f64();
            println!(
                "test acc {:.4} macro {:.4} ece {:?} {:.2}s {:.1} MB/s",
                s.accuracy,
                s.macro_f1,
                s.ece,
                dt,
                mb as f64 / 1e6 / dt
            );
        }
    }
    Ok(())
}
