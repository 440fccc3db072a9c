//! What the sums are made with: additions of packed points, many at a time.
//!
//! A kernel chooses how a coordinate lies in memory (its words) and adds in batches. Words are
//! plain numbers, canonical, so that tables of them can be mapped from a file and two points be
//! compared by their words; all zeros is infinity.

use std::time::Instant;

use ark_ec::short_weierstrass::{Projective, SWCurveConfig};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, Field};

use crate::affine::Affine;

/// Additions that share one inversion.
pub trait Adder<W>: Default {
    /// Asks for `results[out] = p + q`; it is there after the next `finish` at the latest.
    fn add(&mut self, p: W, q: W, out: usize, results: &mut [W]);

    /// Carries out what has been asked for.
    fn finish(&mut self, results: &mut [W]);
}

/// One implementation of one group.
pub trait Kernel: Send + Sync + 'static {
    type Base: Field;
    type Words: Words;
    type Adder: Adder<Self::Words>;

    /// Marks the words in a file: another kernel's are not readable.
    const DOMAIN: u32;

    fn pack(point: &Affine<Self::Base>) -> Self::Words;
    fn unpack(words: &Self::Words) -> Affine<Self::Base>;
}

/// The kernels of both groups.
pub trait Family: Send + Sync + 'static {
    type G1: Kernel<Base = ark_bn254::Fq>;
    type G2: Kernel<Base = ark_bn254::Fq2>;
}

/// A packed point: x then y, each coordinate in little-endian words.
pub trait Words: Copy + PartialEq + AsRef<[u64]> + Send + Sync + 'static {
    const INFINITY: Self;

    /// (x, −y).
    fn neg(&self) -> Self;

    /// How two points are to be added.
    fn case(&self, other: &Self) -> Case;
}

/// Seconds that one batched addition takes on one core, its operands in the cache.
pub fn seconds_per_addition<K: Kernel, C: SWCurveConfig<BaseField = K::Base>>() -> f64 {
    const BATCH: usize = 512;
    const ROUNDS: usize = 40;
    let mut powers = vec![C::GENERATOR.into_group()];
    for i in 1..2 * BATCH {
        powers.push(powers[i - 1].double());
    }
    let points: Vec<K::Words> = Projective::<C>::normalize_batch(&powers)
        .iter()
        .map(|point| K::pack(&Affine::from_ark(point)))
        .collect();
    let mut results = vec![K::Words::INFINITY; BATCH];
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let mut adder = K::Adder::default();
        for i in 0..BATCH {
            adder.add(points[i], points[BATCH + i], i, &mut results);
        }
        adder.finish(&mut results);
        best = best.min(start.elapsed().as_secs_f64());
    }
    best / BATCH as f64
}

/// What an addition turns out to be once its operands are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// Different x: the chord.
    Chord,
    /// The same point, y ≠ 0: the tangent.
    Tangent,
    /// The first operand is infinity: the second is the sum.
    Second,
    /// The second operand is infinity: the first is the sum.
    First,
    /// They cancel.
    Infinity,
}

/// q, the modulus of the coordinates.
pub const MODULUS: [u64; 4] =
    [0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d, 0x30644e72e131a029];

/// Whether every coordinate is below q, as whatever adds, negates and compares points relies on.
pub fn is_reduced(words: &[u64]) -> bool {
    words.chunks_exact(4).all(|coordinate| coordinate.iter().rev().lt(MODULUS.iter().rev()))
}

fn negate(coordinate: &mut [u64]) {
    if coordinate.iter().all(|&word| word == 0) {
        return;
    }
    let mut borrow = false;
    for (word, modulus) in coordinate.iter_mut().zip(MODULUS) {
        let (difference, first) = modulus.overflowing_sub(*word);
        let (difference, second) = difference.overflowing_sub(u64::from(borrow));
        *word = difference;
        borrow = first || second;
    }
}

macro_rules! words {
    ($size:literal) => {
        impl Words for [u64; $size] {
            const INFINITY: Self = [0; $size];

            fn neg(&self) -> Self {
                let mut negative = *self;
                for coordinate in negative[$size / 2..].chunks_exact_mut(4) {
                    negate(coordinate);
                }
                negative
            }

            fn case(&self, other: &Self) -> Case {
                let half = $size / 2;
                if *self == Self::INFINITY {
                    Case::Second
                } else if *other == Self::INFINITY {
                    Case::First
                } else if self[..half] != other[..half] {
                    Case::Chord
                } else if self == other && self[half..] != [0; $size / 2] {
                    Case::Tangent
                } else {
                    Case::Infinity
                }
            }
        }
    };
}

words!(8);
words!(16);

#[cfg(test)]
mod tests {
    use super::*;

    /// Below q, and neither q nor anything above it, in whichever coordinate.
    #[test]
    fn only_coordinates_are_reduced() {
        let [low, rest @ ..] = MODULUS;
        let below = [low - 1, rest[0], rest[1], rest[2]];
        let above = [0, 0, 0, rest[2] + 1];
        assert!(is_reduced(&[below, [0; 4], [u64::MAX, 0, 0, 0], below].concat()));
        for wrong in [MODULUS, above, [u64::MAX; 4]] {
            for place in 0..4 {
                let mut words = [below; 4];
                words[place] = wrong;
                assert!(!is_reduced(&words.concat()), "{wrong:?} at {place}");
            }
        }
    }
}
