//! The kernel for processors with AVX-512 IFMA: eight additions side by side.
//!
//! A coordinate is five limbs of 52 bits, in Montgomery form with R = 2²⁶⁰; a vector holds one
//! limb of eight coordinates. The batch, the shared inversion and the formulas are those of
//! `portable`; so are the results, point for point.
//!
//! The arithmetic is in `lanes`.

use ark_bn254::{Fq, Fq2};

use crate::affine::Affine;
use crate::kernel::{Adder, Case, Family, Kernel, Words};
use crate::lanes::{get, put, Element, Lanes, Lanes2, BATCH, LANES};

/// Whether this processor has what the kernel needs.
pub fn is_available() -> bool {
    is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512ifma")
}

/// Only to be used where `is_available`.
pub struct Ifma;

impl Family for Ifma {
    type G1 = IfmaG1;
    type G2 = IfmaG2;
}

pub struct IfmaG1;
pub struct IfmaG2;

impl Kernel for IfmaG1 {
    type Base = Fq;
    type Words = [u64; 8];
    type Adder = IfmaAdder<Lanes, 8>;

    const DOMAIN: u32 = 260;

    fn pack(point: &Affine<Fq>) -> [u64; 8] {
        let mut words = [0; 8];
        put(&mut words, 0, point.x);
        put(&mut words, 4, point.y);
        words
    }

    fn unpack(words: &[u64; 8]) -> Affine<Fq> {
        Affine { x: get(words, 0), y: get(words, 4) }
    }
}

impl Kernel for IfmaG2 {
    type Base = Fq2;
    type Words = [u64; 16];
    type Adder = IfmaAdder<Lanes2, 16>;

    const DOMAIN: u32 = 260;

    fn pack(point: &Affine<Fq2>) -> [u64; 16] {
        let mut words = [0; 16];
        for (start, value) in
            [point.x.c0, point.x.c1, point.y.c0, point.y.c1].into_iter().enumerate()
        {
            put(&mut words, 4 * start, value);
        }
        words
    }

    fn unpack(words: &[u64; 16]) -> Affine<Fq2> {
        let at = |start| Fq2::new(get(words, start), get(words, start + 4));
        Affine { x: at(0), y: at(8) }
    }
}

/// Collects additions column by column: word w of the j-th p stands at w·BATCH + j, those of the
/// q behind all of them.
pub struct IfmaAdder<E: Element, const W: usize> {
    columns: Vec<u64>,
    prefixes: Vec<E>,
    outs: Vec<usize>,
    /// Of each eight additions, which are tangents.
    tangents: Vec<u8>,
}

impl<E: Element, const W: usize> Default for IfmaAdder<E, W> {
    fn default() -> Self {
        IfmaAdder {
            columns: vec![0; 2 * W * BATCH],
            prefixes: Vec::with_capacity(BATCH / LANES),
            outs: Vec::with_capacity(BATCH),
            tangents: vec![0; BATCH / LANES],
        }
    }
}

impl<E: Element, const W: usize> Adder<[u64; W]> for IfmaAdder<E, W>
where
    [u64; W]: Words,
{
    #[inline]
    fn add(&mut self, p: [u64; W], q: [u64; W], out: usize, results: &mut [[u64; W]]) {
        let case = p.case(&q);
        match case {
            Case::Chord | Case::Tangent => {}
            Case::First => return results[out] = p,
            Case::Second => return results[out] = q,
            Case::Infinity => return results[out] = <[u64; W]>::INFINITY,
        }
        let job = self.outs.len();
        self.outs.push(out);
        self.put(job, &p, &q);
        if case == Case::Tangent {
            self.tangents[job / LANES] |= 1 << (job % LANES);
        }
        if job + 1 == BATCH {
            self.finish(results);
        }
    }

    fn finish(&mut self, results: &mut [[u64; W]]) {
        let count = self.outs.len();
        if count == 0 {
            return;
        }
        // What fills the last eight has the denominator 1 and goes nowhere.
        let mut one = [0; W];
        one[0] = 1;
        for job in count..count.next_multiple_of(LANES) {
            self.put(job, &[0; W], &one);
        }
        // SAFETY: the loader makes this kernel's tables only where `is_available` is true.
        unsafe { self.carry_out(count.div_ceil(LANES)) };
        for (job, &out) in self.outs.iter().enumerate() {
            for (word, place) in results[out].iter_mut().enumerate() {
                *place = self.columns[word * BATCH + job];
            }
        }
        self.outs.clear();
        self.tangents.fill(0);
    }
}

impl<E: Element, const W: usize> IfmaAdder<E, W> {
    #[inline]
    fn put(&mut self, job: usize, p: &[u64; W], q: &[u64; W]) {
        for word in 0..W {
            self.columns[word * BATCH + job] = p[word];
            self.columns[(W + word) * BATCH + job] = q[word];
        }
    }

    /// The sums of the first `groups` eights, left in the columns of p.
    #[target_feature(enable = "avx512f,avx512ifma")]
    unsafe fn carry_out(&mut self, groups: usize) {
        let half = W / 2;
        let mut product = E::one();
        self.prefixes.clear();
        for group in 0..groups {
            self.prefixes.push(product);
            product = product.mul(self.denominator(group));
        }
        let mut inverse = product.invert();
        for group in (0..groups).rev() {
            let (px, py) = (self.element(0, group), self.element(half, group));
            let (qx, qy) = (self.element(W, group), self.element(W + half, group));
            let reciprocal = inverse.mul(self.prefixes[group]);
            inverse = inverse.mul(self.denominator(group));
            let mut numerator = qy.sub(py);
            let tangents = self.tangents[group];
            if tangents != 0 {
                let square = px.mul(px);
                numerator = numerator.select(square.add(square).add(square), tangents);
            }
            let slope = numerator.mul(reciprocal);
            let x = slope.mul(slope).sub(px.add(qx)).canonical();
            let y = slope.mul(px.sub(x)).sub(py).canonical();
            x.store(&mut self.columns, 0, group);
            y.store(&mut self.columns, half, group);
        }
    }

    /// x_q − x_p for chords, 2·y_p for tangents.
    #[inline(always)]
    unsafe fn denominator(&self, group: usize) -> E {
        let chord = self.element(W, group).sub(self.element(0, group));
        match self.tangents[group] {
            0 => chord,
            tangents => {
                let y = self.element(W / 2, group);
                chord.select(y.add(y), tangents)
            }
        }
    }

    #[inline(always)]
    unsafe fn element(&self, word: usize, group: usize) -> E {
        E::load(&self.columns, word, group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portable::{PortableG1, PortableG2};
    use ark_bn254::{g1, g2};
    use ark_ec::short_weierstrass::{Projective, SWCurveConfig};
    use ark_ec::CurveGroup;

    /// Every case of the group law, in batches of every length, as the portable kernel has it.
    fn agree<A: Kernel, B: Kernel<Base = A::Base>, C: SWCurveConfig<BaseField = A::Base>>() {
        let multiples: Vec<Projective<C>> =
            (0..40u64).map(|k| C::GENERATOR * C::ScalarField::from(k * k * k % 37)).collect();
        let mut points: Vec<Affine<A::Base>> =
            Projective::normalize_batch(&multiples).iter().map(Affine::from_ark).collect();
        for i in 0..40 {
            let opposite = -points[i].to_ark::<C>();
            points.push(Affine::from_ark(&opposite));
        }
        let pairs: Vec<_> = (0..80).flat_map(|i| (0..80).map(move |j| (i, j))).collect();
        for count in [1, 2, 7, 8, 9, 1023, 1024, 1025, pairs.len()] {
            let portable = run::<A>(&points, &pairs[pairs.len() - count..]);
            let vector = run::<B>(&points, &pairs[pairs.len() - count..]);
            assert!(portable == vector, "{count} additions");
        }
    }

    fn run<K: Kernel>(
        points: &[Affine<K::Base>],
        pairs: &[(usize, usize)],
    ) -> Vec<Affine<K::Base>> {
        let packed: Vec<K::Words> = points.iter().map(K::pack).collect();
        let mut results = vec![packed[1]; pairs.len()];
        let mut adder = K::Adder::default();
        for (out, &(i, j)) in pairs.iter().enumerate() {
            adder.add(packed[i], packed[j], out, &mut results);
        }
        adder.finish(&mut results);
        results.iter().map(K::unpack).collect()
    }

    /// What is compiled runs on every processor of the architecture; the rest is asked for at run time.
    #[test]
    fn nothing_is_assumed_of_the_processor() {
        const {
            assert!(!cfg!(any(
                target_feature = "avx",
                target_feature = "bmi2",
                target_feature = "adx"
            )));
        }
    }

    #[test]
    fn g1_agrees_with_the_portable_kernel() {
        if is_available() {
            agree::<PortableG1, IfmaG1, g1::Config>();
        }
    }

    #[test]
    fn g2_agrees_with_the_portable_kernel() {
        if is_available() {
            agree::<PortableG2, IfmaG2, g2::Config>();
        }
    }
}
