//! Points in affine coordinates, and additions that share one inversion.
//!
//! An affine addition costs one inversion and three multiplications. With Montgomery's trick a
//! batch of additions pays one inversion and three multiplications each in its place, so a
//! batched addition is about half as dear as a mixed projective one.

use ark_ec::short_weierstrass::{Affine as ArkAffine, SWCurveConfig};
use ark_ec::AffineRepr;
use ark_ff::Field;

/// A point (x, y); (0, 0), which is on neither curve, is infinity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Affine<F> {
    pub x: F,
    pub y: F,
}

impl<F: Field> Affine<F> {
    pub fn infinity() -> Self {
        Affine { x: F::ZERO, y: F::ZERO }
    }

    pub fn is_infinity(&self) -> bool {
        self.x.is_zero() && self.y.is_zero()
    }

    pub fn neg(&self) -> Self {
        Affine { x: self.x, y: -self.y }
    }
}

impl<F: Field> Affine<F> {
    pub fn from_ark<C: SWCurveConfig<BaseField = F>>(point: &ArkAffine<C>) -> Self {
        point.xy().map_or_else(Self::infinity, |(x, y)| Affine { x, y })
    }

    pub fn to_ark<C: SWCurveConfig<BaseField = F>>(self) -> ArkAffine<C> {
        if self.is_infinity() {
            ArkAffine::identity()
        } else {
            ArkAffine::new_unchecked(self.x, self.y)
        }
    }
}

/// What an addition turns out to be once its operands are looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    /// Different x: the chord.
    Chord,
    /// The same point: the tangent.
    Tangent,
    /// One operand is infinity, or they cancel: the result stands in `p` already.
    Known,
}

struct Job<F> {
    p: Affine<F>,
    q: Affine<F>,
    out: usize,
    denominator: F,
    prefix: F,
    case: Case,
}

/// Collects additions and carries them out together.
pub struct BatchAdder<F> {
    jobs: Vec<Job<F>>,
}

/// Enough additions for the shared inversion not to matter, few enough to stay in the cache.
const BATCH: usize = 512;

impl<F: Field> BatchAdder<F> {
    pub fn new() -> Self {
        BatchAdder { jobs: Vec::with_capacity(BATCH) }
    }

    /// Asks for `results[out] = p + q`; it is there after the next `finish`.
    pub fn add(&mut self, p: Affine<F>, q: Affine<F>, out: usize, results: &mut [Affine<F>]) {
        let (case, denominator, p) = classify(p, q);
        self.jobs.push(Job { p, q, out, denominator, prefix: F::ONE, case });
        if self.jobs.len() == BATCH {
            self.finish(results);
        }
    }

    /// Carries out what has been asked for.
    pub fn finish(&mut self, results: &mut [Affine<F>]) {
        let mut product = F::ONE;
        for job in &mut self.jobs {
            job.prefix = product;
            product *= job.denominator;
        }
        // Every denominator is non-zero by its case, so the product is.
        let mut inverse = product.inverse().unwrap_or(F::ONE);
        for job in self.jobs.iter().rev() {
            let reciprocal = inverse * job.prefix;
            inverse *= job.denominator;
            results[job.out] = complete(job, reciprocal);
        }
        self.jobs.clear();
    }
}

impl<F: Field> Default for BatchAdder<F> {
    fn default() -> Self {
        Self::new()
    }
}

fn classify<F: Field>(p: Affine<F>, q: Affine<F>) -> (Case, F, Affine<F>) {
    let difference = q.x - p.x;
    if !difference.is_zero() && !p.is_infinity() && !q.is_infinity() {
        return (Case::Chord, difference, p);
    }
    if p.is_infinity() {
        (Case::Known, F::ONE, q)
    } else if q.is_infinity() {
        (Case::Known, F::ONE, p)
    } else if p.y == q.y && !p.y.is_zero() {
        (Case::Tangent, p.y.double(), p)
    } else {
        (Case::Known, F::ONE, Affine::infinity())
    }
}

#[inline(always)]
fn complete<F: Field>(job: &Job<F>, reciprocal: F) -> Affine<F> {
    let (p, q) = (&job.p, &job.q);
    let slope = match job.case {
        Case::Chord => (q.y - p.y) * reciprocal,
        Case::Tangent => {
            let square = p.x.square();
            (square.double() + square) * reciprocal
        }
        Case::Known => return job.p,
    };
    let x = slope.square() - p.x - q.x;
    Affine { x, y: slope * (p.x - x) - p.y }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::{g1, Fq, Fr, G1Affine, G1Projective};
    use ark_ec::{AffineRepr, CurveGroup, PrimeGroup};

    fn multiple(k: u64) -> Affine<Fq> {
        Affine::from_ark(&(G1Projective::generator() * Fr::from(k)).into_affine())
    }

    /// Every case of the group law, in one batch, agrees with arkworks.
    #[test]
    fn a_batch_agrees_with_the_group_law() {
        let operands = [
            (multiple(1), multiple(2)),
            (multiple(5), multiple(5)),
            (multiple(7), multiple(7).neg()),
            (Affine::infinity(), multiple(3)),
            (multiple(3), Affine::infinity()),
            (Affine::infinity(), Affine::infinity()),
        ];
        let mut results = [multiple(99); 6];
        let mut adder = BatchAdder::new();
        for (out, (p, q)) in operands.iter().enumerate() {
            adder.add(*p, *q, out, &mut results);
        }
        adder.finish(&mut results);
        for ((p, q), actual) in operands.iter().zip(&results) {
            let (p, q): (G1Affine, G1Affine) = (p.to_ark::<g1::Config>(), q.to_ark());
            let expected = (p.into_group() + q).into_affine();
            assert_eq!(*actual, Affine::from_ark(&expected));
        }
    }
}
