//! Random numbers that stay the same from version to version.

/// xoshiro256++ seeded through splitmix64.
///
/// Folds, shuffles and resamples are part of what a seed promises, so the generator is written out
/// here instead of taken from a library that may change its stream. Not for secrets.
///
/// Reference: Blackman, Vigna: Scrambled linear pseudorandom number generators, ACM TOMS 47, 2021.
#[derive(Debug, Clone)]
pub(crate) struct Random {
    state: [u64; 4],
}

impl Random {
    /// The generator of a seed.
    pub(crate) fn new(seed: u64) -> Random {
        let mut at = seed;
        Random { state: std::array::from_fn(|_| splitmix(&mut at)) }
    }

    /// An independent generator for one piece of a parallel work: depends on the seed and the
    /// piece's number only, so the number of threads can't change a result.
    pub(crate) fn of_stream(seed: u64, stream: u64) -> Random {
        let mut at = seed;
        let mixed = splitmix(&mut at) ^ stream.wrapping_mul(0xd1b5_4a32_d192_ed03);
        Random::new(mixed)
    }

    /// The next 64 bits.
    pub(crate) fn next_u64(&mut self) -> u64 {
        let s = &mut self.state;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// A number below `n`, each equally likely (Lemire's method); 0 where `n` is 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        let n = n as u64;
        let mut wide = u128::from(self.next_u64()) * u128::from(n);
        if (wide as u64) < n {
            let reject_below = n.wrapping_neg() % n.max(1);
            while (wide as u64) < reject_below {
                wide = u128::from(self.next_u64()) * u128::from(n);
            }
        }
        (wide >> 64) as usize
    }

    /// A number in [0, 1) with 53 random bits.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A draw from the standard normal distribution (Box and Muller).
    #[cfg(test)]
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// Shuffles in place (Fisher and Yates).
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }
}

/// One step of splitmix64: also a good way to turn a counter into well-mixed bits.
pub(crate) fn splitmix(at: &mut u64) -> u64 {
    *at = at.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *at;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_that_of_the_published_generators() {
        // The first outputs of splitmix64 for seed 1234567 are published with the algorithm.
        let mut at = 1_234_567;
        assert_eq!(
            [splitmix(&mut at), splitmix(&mut at), splitmix(&mut at)],
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
        // xoshiro256++ from the state 1, 2, 3, 4, as the reference implementation gives it.
        let mut random = Random { state: [1, 2, 3, 4] };
        assert_eq!(
            [random.next_u64(), random.next_u64(), random.next_u64()],
            [41_943_041, 58_720_359, 3_588_806_011_781_223]
        );
    }

    #[test]
    fn numbers_below_n_are_even_and_a_shuffle_keeps_the_items() {
        let mut random = Random::new(1);
        let mut seen = [0_usize; 7];
        for _ in 0..70_000 {
            seen[random.below(7)] += 1;
        }
        assert!(seen.iter().all(|&n| (9_600..10_400).contains(&n)), "{seen:?}");
        assert_eq!((random.below(0), random.below(1)), (0, 0));

        let mut items: Vec<usize> = (0..100).collect();
        random.shuffle(&mut items);
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn streams_of_a_seed_differ() {
        let first = |seed, stream| Random::of_stream(seed, stream).next_u64();
        assert_ne!(first(0, 0), first(0, 1));
        assert_ne!(first(0, 0), first(1, 0));
        assert_eq!(first(5, 9), first(5, 9));
    }
}
