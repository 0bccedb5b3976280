use slantwise::*;
use std::time::Instant;
fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().collect();
    let corpus = Corpus::from_path(&args[1])?;
    let test = Corpus::from_path(&args[2])?;
    let it: u32 = args[5].parse().unwrap();
    let c: f64 = args[4].parse().unwrap();
    let cl = if args[3] == "svm" {
        Classifier::Svm(Svm::params().c(c).tol(1e-3).max_iter(it))
    } else {
        Classifier::Logistic(LogisticRegression::params().c(c).tol(1e-4).max_iter(it))
    };
    let mut params = Pipeline::params().classifier(cl);
    params.calibration.enough = 0;
    let t = Instant::now();
    let m = params.fit(&corpus)?;
    let dt = t.elapsed().as_secs_f64();
    let s = m.evaluate(&test)?;
    println!(
        "{} C={c} it={it} acc {:.4} macro {:.4} ll {:.4} fit {dt:.2}",
        args[3],
        s.accuracy,
        s.macro_f1,
        s.log_loss.unwrap_or(0.0)
    );
    Ok(())
}
