//! Multi-scalar multiplication over bases that are used many times.
//!
//! A `Table` holds, for every base P, the points 2^(c·s·t)·P for t = 0, 1, …: c is the width of a
//! window and s, the stride, how many windows share a point. With s = 1 the digits of all windows
//! fall into one set of buckets and nothing is ever doubled; a larger stride trades memory for s
//! sets of buckets and (s − 1)·c doublings in all.
//!
//! Zeros cost nothing, and a scalar of 0, ±1 or a few bits costs its own few digits: most wires of
//! a circuit are bits.

use std::sync::atomic::{AtomicBool, Ordering};

use ark_bn254::Fr;
use ark_ec::short_weierstrass::{Projective, SWCurveConfig};
use ark_ec::AdditiveGroup;
use rayon::prelude::*;

use crate::affine::Affine;
use crate::kernel::{Adder, Kernel};
use crate::lists::{entry, sum_lists, Lists};
use crate::points::Points;
use crate::scalar::{digit_count, for_each_digit, signed};

/// How a table is cut: the width of a window, and how many windows share a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    pub width: usize,
    pub stride: usize,
}

impl Shape {
    /// Points that a table has for each base.
    pub fn levels(&self) -> usize {
        digit_count(self.width).div_ceil(self.stride)
    }

    /// The shape with the fewest additions whose table stays within `budget` bytes.
    pub fn choose<K: Kernel>(count: usize, budget: usize) -> Self {
        let mut best = (usize::MAX, Shape { width: 2, stride: usize::MAX });
        for width in 2..=18 {
            let digits = digit_count(width);
            let fits = |&stride: &usize| {
                let bytes = Shape { width, stride }.levels() * size_of::<K::Words>();
                count.saturating_mul(bytes) <= budget
            };
            let stride = (1..=digits).find(fits).unwrap_or(digits);
            let additions = count * digits + stride * (3 << (width - 1));
            if additions < best.0 {
                best = (additions, Shape { width, stride });
            }
        }
        best.1
    }
}

/// The bases of one sum, with their multiples.
pub struct Table<K: Kernel> {
    pub shape: Shape,
    /// Where in the scalars each base's coefficient stands: bases at infinity are left out.
    pub positions: Vec<u32>,
    /// Level t holds 2^(width·stride·t)·P for every base in turn.
    pub points: Points<K>,
}

impl<K: Kernel> Table<K> {
    /// The table of these bases within `budget` bytes; once `cancelled`, points that mean nothing.
    pub fn build(bases: &[Affine<K::Base>], budget: usize, cancelled: &AtomicBool) -> Self {
        let positions: Vec<u32> =
            (0..bases.len() as u32).filter(|&i| !bases[i as usize].is_infinity()).collect();
        let count = positions.len();
        let shape = Shape::choose::<K>(count, budget);
        let first = positions.iter().map(|&i| K::pack(&bases[i as usize]));
        let mut points: Vec<K::Words> = Vec::with_capacity(count * shape.levels());
        points.extend(first);
        for level in 1..shape.levels() {
            let mut next = points[(level - 1) * count..].to_vec();
            next.par_chunks_mut(1024).for_each(|chunk| {
                let mut adder = K::Adder::default();
                for _ in 0..shape.width * shape.stride {
                    if cancelled.load(Ordering::Relaxed) {
                        return;
                    }
                    for i in 0..chunk.len() {
                        adder.add(chunk[i], chunk[i], i, chunk);
                    }
                    adder.finish(chunk);
                }
            });
            points.extend_from_slice(&next);
        }
        Table { shape, positions, points: Points::Owned(points) }
    }

    /// Σ scalar·base.
    pub fn sum<C: SWCurveConfig<BaseField = K::Base>>(
        &self,
        scalars: &[Fr],
        cancelled: &AtomicBool,
    ) -> Projective<C> {
        if self.positions.is_empty() {
            return Projective::default();
        }
        let buckets = 1usize << (self.shape.width - 1);
        let lists = self.fill(scalars, buckets);
        let sums = sum_lists::<K>(self.points.as_slice(), &lists, cancelled);
        let mut total = Projective::<C>::default();
        for group in sums.chunks(buckets).rev() {
            for _ in 0..self.shape.width {
                total.double_in_place();
            }
            total += weighted_sum::<K, C>(group, cancelled);
        }
        total
    }

    /// Group additions that `sum` needs for these scalars: one per digit, three per bucket.
    pub fn additions(&self, scalars: &[Fr]) -> usize {
        let mut count = (self.shape.stride * 3) << (self.shape.width - 1);
        for &position in &self.positions {
            let (magnitude, _) = signed(&scalars[position as usize]);
            for_each_digit(&magnitude, self.shape.width, |_, _| count += 1);
        }
        count
    }

    /// A list per bucket and group, by counting first and placing after.
    fn fill(&self, scalars: &[Fr], buckets: usize) -> Lists {
        let Shape { width, stride } = self.shape;
        let count = self.positions.len();
        let magnitudes: Vec<_> =
            self.positions.iter().map(|&i| signed(&scalars[i as usize])).collect();
        let mut starts = vec![0u32; stride * buckets + 1];
        let slot = |window: usize, digit: i32| {
            window % stride * buckets + digit.unsigned_abs() as usize - 1
        };
        for (magnitude, _) in &magnitudes {
            for_each_digit(magnitude, width, |window, digit| starts[slot(window, digit) + 1] += 1);
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut next = starts.clone();
        let mut entries = vec![0; starts[starts.len() - 1] as usize];
        for (base, (magnitude, negative)) in magnitudes.iter().enumerate() {
            for_each_digit(magnitude, width, |window, digit| {
                let place = &mut next[slot(window, digit)];
                let index = window / stride * count + base;
                entries[*place as usize] = entry(index, (digit < 0) != *negative);
                *place += 1;
            });
        }
        Lists { starts, entries }
    }
}

/// Σ (i + 1)·bucketᵢ.
///
/// With i = L·hi + lo this is L·Σ hi·(sum of row hi) + Σ (lo + 1)·(sum of column lo): the rows and
/// columns are again sums of lists, and only about 2·√n points are left to weigh one by one.
fn weighted_sum<K: Kernel, C: SWCurveConfig<BaseField = K::Base>>(
    buckets: &[K::Words],
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
    let sums = sum_lists::<K>(buckets, &lists, cancelled);
    let mut high = running_sum::<K, C>(&sums[1..rows]);
    for _ in 0..log_columns {
        high.double_in_place();
    }
    high + running_sum::<K, C>(&sums[rows..])
}

/// Σ (i + 1)·pointᵢ, from the top.
fn running_sum<K: Kernel, C: SWCurveConfig<BaseField = K::Base>>(
    points: &[K::Words],
) -> Projective<C> {
    let (mut running, mut total) = (Projective::<C>::default(), Projective::<C>::default());
    for point in points.iter().rev() {
        running += K::unpack(point).to_ark::<C>();
        total += running;
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portable::PortableG1;
    use ark_bn254::{g1, Fq, G1Projective};
    use ark_ec::{CurveGroup, PrimeGroup};
    use ark_ff::Field;

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
                let table = Table::<PortableG1>::build(&bases, budget, &never);
                assert_eq!(table.sum::<g1::Config>(&scalars, &never), expected, "{count} {budget}");
            }
        }
    }

    /// A table stays within its budget wherever the bases alone do.
    #[test]
    fn a_table_keeps_its_budget() {
        let never = AtomicBool::new(false);
        for budget in [300 * 64, 1 << 16, 1 << 20] {
            let table = Table::<PortableG1>::build(&bases(300), budget, &never);
            assert!(table.points.as_slice().len() * 64 <= budget);
        }
    }
}
