//! Multi-scalar multiplication over bases that are used many times.
//!
//! A `Table` holds, for every base P, the points 2^(c·s·t)·P for t = 0, 1, …: c is the width of a
//! window and s, the stride, how many windows share a point. With s = 1 the digits of all windows
//! fall into one set of buckets and nothing is ever doubled; a larger stride trades memory for s
//! sets of buckets and (s − 1)·c doublings in all.
//!
//! Zeros cost nothing, and a scalar of 0, ±1 or a few bits costs its own few digits: most wires of
//! a circuit are bits.

use std::sync::atomic::AtomicBool;

use ark_bn254::Fr;
use ark_ec::short_weierstrass::{Projective, SWCurveConfig};
use ark_ec::AdditiveGroup;
use ark_ff::Field;
use rayon::prelude::*;

use crate::affine::{Affine, BatchAdder};
use crate::lists::{entry, sum_lists, Lists};
use crate::scalar::{digit_count, for_each_digit, signed};

/// The bases of one sum, with their multiples.
pub struct Table<F> {
    pub width: usize,
    pub stride: usize,
    /// Where in the scalars each base's coefficient stands: bases at infinity are left out.
    pub positions: Vec<u32>,
    /// Level t holds 2^(width·stride·t)·P for every base in turn.
    pub points: Vec<Affine<F>>,
}

impl<F: Field> Table<F> {
    /// Levels of a table with that width and stride.
    pub fn levels(width: usize, stride: usize) -> usize {
        digit_count(width).div_ceil(stride)
    }

    /// The table of these bases that fits the budget and does the least work.
    pub fn build<C: SWCurveConfig<BaseField = F>>(bases: &[Affine<F>], budget: usize) -> Self {
        let positions: Vec<u32> =
            (0..bases.len() as u32).filter(|&i| !bases[i as usize].is_infinity()).collect();
        let mut points: Vec<Affine<F>> = positions.iter().map(|&i| bases[i as usize]).collect();
        let (width, stride) = choose::<F>(points.len(), budget);
        let levels = Self::levels(width, stride);
        let count = points.len();
        points.reserve_exact(count * (levels - 1));
        for level in 1..levels {
            let mut next = points[(level - 1) * count..].to_vec();
            next.par_chunks_mut(1024).for_each(|chunk| {
                let mut adder = BatchAdder::new();
                for _ in 0..width * stride {
                    for i in 0..chunk.len() {
                        adder.add(chunk[i], chunk[i], i, chunk);
                    }
                    adder.finish(chunk);
                }
            });
            points.extend_from_slice(&next);
        }
        Table { width, stride, positions, points }
    }

    /// Σ scalar·base.
    pub fn sum<C: SWCurveConfig<BaseField = F>>(
        &self,
        scalars: &[Fr],
        cancelled: &AtomicBool,
    ) -> Projective<C> {
        let count = self.positions.len();
        if count == 0 {
            return Projective::default();
        }
        let buckets = 1usize << (self.width - 1);
        let lists = self.fill(scalars, count, buckets);
        let sums = sum_lists(&self.points, &lists, cancelled);
        let mut total = Projective::<C>::default();
        for group in sums.chunks(buckets).rev() {
            for _ in 0..self.width {
                total.double_in_place();
            }
            total += weighted_sum::<F, C>(group, cancelled);
        }
        total
    }

    /// A list per bucket and group, by counting first and placing after.
    fn fill(&self, scalars: &[Fr], count: usize, buckets: usize) -> Lists {
        let magnitudes: Vec<_> =
            self.positions.iter().map(|&i| signed(&scalars[i as usize])).collect();
        let mut starts = vec![0u32; self.stride * buckets + 1];
        let slot = |window: usize, digit: i32| {
            window % self.stride * buckets + digit.unsigned_abs() as usize - 1
        };
        for (magnitude, _) in &magnitudes {
            for_each_digit(magnitude, self.width, |window, digit| {
                starts[slot(window, digit) + 1] += 1;
            });
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut next = starts.clone();
        let mut entries = vec![0; starts[starts.len() - 1] as usize];
        for (base, (magnitude, negative)) in magnitudes.iter().enumerate() {
            for_each_digit(magnitude, self.width, |window, digit| {
                let place = &mut next[slot(window, digit)];
                let index = window / self.stride * count + base;
                entries[*place as usize] = entry(index, (digit < 0) != *negative);
                *place += 1;
            });
        }
        Lists { starts, entries }
    }
}

/// The width and stride with the fewest additions that keep the table within `budget` bytes.
fn choose<F: Field>(count: usize, budget: usize) -> (usize, usize) {
    let point = std::mem::size_of::<Affine<F>>();
    let mut best = (usize::MAX, 2, usize::MAX);
    for width in 2..=18 {
        let digits = digit_count(width);
        let stride = (1..=digits)
            .find(|&s| count * Table::<F>::levels(width, s) * point <= budget)
            .unwrap_or(digits);
        let additions = count * digits + stride * (3 << (width - 1));
        if additions < best.0 {
            best = (additions, width, stride);
        }
    }
    (best.1, best.2)
}

/// Σ (i + 1)·bucketᵢ.
///
/// With i = L·hi + lo this is L·Σ hi·(sum of row hi) + Σ (lo + 1)·(sum of column lo): the rows and
/// columns are again sums of lists, and only about 2·√n points are left to weigh one by one.
fn weighted_sum<F: Field, C: SWCurveConfig<BaseField = F>>(
    buckets: &[Affine<F>],
    cancelled: &AtomicBool,
) -> Projective<C> {
    let log_columns = buckets.len().ilog2().div_ceil(2);
    let columns = 1usize << log_columns;
    let rows = buckets.len() / columns;
    let by_row = (0..buckets.len()).map(|i| entry(i, false));
    let by_column = (0..buckets.len()).map(|i| entry(i % rows * columns + i / rows, false));
    let starts = (0..=rows).map(|i| i * columns);
    let starts = starts.chain((1..=columns).map(|i| buckets.len() + i * rows));
    let lists = Lists {
        starts: starts.map(|s| s as u32).collect(),
        entries: by_row.chain(by_column).collect(),
    };
    let sums = sum_lists(buckets, &lists, cancelled);
    let mut high = running_sum::<F, C>(&sums[1..rows]);
    for _ in 0..log_columns {
        high.double_in_place();
    }
    high + running_sum::<F, C>(&sums[rows..])
}

/// Σ (i + 1)·pointᵢ, from the top.
fn running_sum<F: Field, C: SWCurveConfig<BaseField = F>>(points: &[Affine<F>]) -> Projective<C> {
    let (mut running, mut total) = (Projective::<C>::default(), Projective::<C>::default());
    for point in points.iter().rev() {
        running += point.to_ark::<C>();
        total += running;
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::{g1, Fq, G1Projective};
    use ark_ec::{CurveGroup, PrimeGroup};

    fn bases(count: u64) -> Vec<Affine<Fq>> {
        (0..count)
            .map(|k| {
                // A point at infinity and a repeated base are among them.
                let multiple = if k % 7 == 3 { Fr::ZERO } else { Fr::from(k / 2 + 1) };
                Affine::from_ark(&(G1Projective::generator() * multiple).into_affine())
            })
            .collect()
    }

    fn scalars(count: u64) -> Vec<Fr> {
        let kinds = |k: u64| match k % 6 {
            0 => Fr::ZERO,
            1 => Fr::ONE,
            2 => -Fr::ONE,
            3 => Fr::from(k),
            4 => -Fr::from(k * k),
            _ => Fr::from(k + 2).inverse().unwrap_or(Fr::ONE),
        };
        (0..count).map(kinds).collect()
    }

    /// A sum is the same with any table: full, strided, or none beyond the bases.
    #[test]
    fn every_table_gives_the_naive_sum() {
        let never = AtomicBool::new(false);
        for count in [0, 1, 2, 5, 64, 300] {
            let (bases, scalars) = (bases(count), scalars(count));
            let expected: G1Projective = bases
                .iter()
                .zip(&scalars)
                .map(|(base, k)| G1Projective::from(base.to_ark::<g1::Config>()) * k)
                .sum();
            for budget in [0, 1 << 12, 1 << 16, 1 << 26] {
                let table = Table::build::<g1::Config>(&bases, budget);
                assert_eq!(table.sum::<g1::Config>(&scalars, &never), expected, "{count} {budget}");
            }
        }
    }

    /// A table stays within its budget wherever the bases alone do.
    #[test]
    fn a_table_keeps_its_budget() {
        for budget in [300 * 64, 1 << 16, 1 << 20] {
            let table = Table::build::<g1::Config>(&bases(300), budget);
            assert!(table.points.len() * 64 <= budget);
        }
    }
}
