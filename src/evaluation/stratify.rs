//! Which fold a row or a group goes to, so that every fold resembles the whole.

use std::cmp::Ordering;

use crate::label::Targets;
use crate::random::Random;

/// Stratified k-fold of rows with one class each: the shuffled rows of each class are dealt round and round,
/// and the next class goes on where the last one stopped. A class's counts in two folds differ by at most one,
/// and so do the folds' sizes.
pub(super) fn deal(classes: &[u32], n_classes: usize, folds: usize, random: &mut Random) -> Vec<u32> {
    let mut of_class: Vec<Vec<usize>> = vec![Vec::new(); n_classes];
    for (row, &class) in classes.iter().enumerate() {
        of_class[class as usize].push(row);
    }
    let mut fold = vec![0; classes.len()];
    let mut next = 0;
    for rows in &mut of_class {
        random.shuffle(rows);
        for &row in rows.iter() {
            fold[row] = next as u32;
            next = (next + 1) % folds;
        }
    }
    fold
}

/// Iterative stratification of rows with several labels each: the label with the fewest rows left is
/// dealt first, each row to the fold that still wants most of that label, among equals to the fold that
/// wants most rows, among equals by lot.
///
/// Reference: Sechidis, Tsoumakas, Vlahavas: On the stratification of multi-label data, ECML PKDD 2011.
pub(super) fn iterative(targets: &Targets, folds: usize, random: &mut Random) -> Vec<u32> {
    let (n, k) = (targets.n_samples(), targets.n_classes());
    let mut rows: Vec<usize> = (0..n).collect();
    random.shuffle(&mut rows);
    let mut left = targets.support();
    let share = 1.0 / folds as f64;
    let mut want_rows = vec![n as f64 * share; folds];
    // wanted rows of each label, label after label
    let mut want: Vec<f64> = left.iter().flat_map(|&s| std::iter::repeat_n(s as f64 * share, folds)).collect();
    let mut fold = vec![u32::MAX; n];

    // The rows of each label in shuffled order, so that a label's turn doesn't walk over all rows.
    let mut of_label: Vec<Vec<usize>> = vec![Vec::new(); k];
    for &row in &rows {
        for (class, of_label) in of_label.iter_mut().enumerate() {
            if targets.has(row, class) {
                of_label.push(row);
            }
        }
    }
    while let Some(label) = (0..k).filter(|&c| left[c] > 0).min_by_key(|&c| left[c]) {
        for &row in &of_label[label] {
            if fold[row] != u32::MAX {
                continue;
            }
            let wanting = |f: usize| (want[label * folds + f], want_rows[f]);
            let chosen = most_wanting(folds, wanting, random);
            fold[row] = chosen as u32;
            want_rows[chosen] -= 1.0;
            for class in (0..k).filter(|&class| targets.has(row, class)) {
                want[class * folds + chosen] -= 1.0;
                left[class] -= 1;
            }
        }
    }
    for row in rows {
        if fold[row] == u32::MAX {
            let chosen = most_wanting(folds, |f| (want_rows[f], 0.0), random);
            fold[row] = chosen as u32;
            want_rows[chosen] -= 1.0;
        }
    }
    fold
}

/// The fold with the greatest want; among equals by lot.
fn most_wanting(folds: usize, want: impl Fn(usize) -> (f64, f64), random: &mut Random) -> usize {
    // Wants are sums of shares: what is equal by arithmetic may differ in the last bits.
    let order = |a: f64, b: f64| if (a - b).abs() < 1e-9 { Ordering::Equal } else { a.total_cmp(&b) };
    let mut best: Vec<usize> = Vec::with_capacity(folds);
    for f in 0..folds {
        let against = best.first().map_or(Ordering::Greater, |&b| {
            let ((a, a2), (b, b2)) = (want(f), want(b));
            order(a, b).then(order(a2, b2))
        });
        match against {
            Ordering::Greater => best = vec![f],
            Ordering::Equal => best.push(f),
            Ordering::Less => {}
        }
    }
    best[random.below(best.len())]
}

/// Whole groups to folds: the largest group first (among equals by lot), each to the fold where the folds'
/// shares of every label and of the rows stay most even (the smallest sum of squared shares).
///
/// A class's last group is kept away from the fold that has all its other groups, where another fold can
/// take it: otherwise the class would be missing from a training part.
pub(super) fn greedy(targets: &Targets, groups: &[u32], folds: usize, random: &mut Random) -> Vec<u32> {
    let k = targets.n_classes();
    let n_groups = groups.iter().max().map_or(0, |&g| g as usize + 1);
    let mut size = vec![0_usize; n_groups];
    // (class, rows) of each group
    let mut content: Vec<Vec<(usize, usize)>> = vec![Vec::new(); n_groups];
    let mut pairs: Vec<(u32, usize)> = Vec::new();
    for (row, &group) in groups.iter().enumerate() {
        size[group as usize] += 1;
        match targets {
            Targets::One { classes, .. } => pairs.push((group, classes[row] as usize)),
            Targets::Several { .. } => {
                pairs.extend((0..k).filter(|&c| targets.has(row, c)).map(|c| (group, c)));
            }
        }
    }
    pairs.sort_unstable();
    for same in pairs.chunk_by(|a, b| a == b) {
        content[same[0].0 as usize].push((same[0].1, same.len()));
    }

    let mut order: Vec<usize> = (0..n_groups).filter(|&g| size[g] > 0).collect();
    random.shuffle(&mut order);
    order.sort_by_key(|&g| std::cmp::Reverse(size[g])); // stable: the lot decides among equals

    let support = targets.support();
    let n = groups.len() as f64;
    let mut groups_left = vec![0_usize; k];
    content.iter().flatten().for_each(|&(class, _)| groups_left[class] += 1);
    let mut rows_in = vec![0_usize; folds];
    let mut class_in = vec![0_usize; folds * k];
    let mut fold_of = vec![0_u32; n_groups];
    for group in order {
        // Adding g to x changes the sum of squares by 2xg + g²; the second term is the same in every fold.
        let cost = |f: usize| {
            let by_class = content[group].iter().map(|&(class, rows)| {
                (class_in[f * k + class] * rows) as f64 / (support[class] as f64 * support[class] as f64)
            });
            by_class.sum::<f64>() + (rows_in[f] * size[group]) as f64 / (n * n)
        };
        let strands = |f: usize| {
            let alone_in_f = |class: usize| {
                groups_left[class] == 1
                    && class_in[f * k + class] > 0
                    && (0..folds).all(|other| other == f || class_in[other * k + class] == 0)
            };
            content[group].iter().filter(|&&(class, _)| alone_in_f(class)).count()
        };
        let chosen =
            (0..folds).min_by(|&a, &b| strands(a).cmp(&strands(b)).then(cost(a).total_cmp(&cost(b)))).unwrap_or(0);
        fold_of[group] = chosen as u32;
        rows_in[chosen] += size[group];
        for &(class, rows) in &content[group] {
            class_in[chosen * k + class] += rows;
            groups_left[class] -= 1;
        }
    }
    groups.iter().map(|&g| fold_of[g as usize]).collect()
}
