//! Eight elements of F_q side by side, with AVX-512 IFMA.
//!
//! Bounds. `mul` takes factors below 8q whose limbs are below 2⁵² and gives less than 2q:
//! (8q)²/R + q < 1.8q; over F_q² the factors are below 4q. Differences have a multiple of q added
//! and their carries propagated before they are a factor again. What is stored is canonical.

use std::arch::x86_64::*;

use ark_bn254::{Fq, Fq2};
use ark_ff::{BigInt, Field};

use crate::kernel::MODULUS;

/// Elements of a column, so of a batch of additions too: one inversion for all of them.
pub const BATCH: usize = 1024;
pub const LANES: usize = 8;
const LIMBS: usize = 5;
const LIMB_BITS: u32 = 52;
const LIMB_MASK: u64 = (1 << LIMB_BITS) - 1;

/// Eight elements of F_q or F_q². Every method needs the features that `is_available` checks.
///
/// # Safety
/// Only to be called, and inlined, where those features are enabled.
#[allow(clippy::missing_safety_doc)] // said above, for all of them
pub trait Element: Copy {
    unsafe fn one() -> Self;
    unsafe fn load(columns: &[u64], word: usize, group: usize) -> Self;
    unsafe fn store(self, columns: &mut [u64], word: usize, group: usize);
    /// Below 8q where both are below 4q.
    unsafe fn add(self, other: Self) -> Self;
    /// self − other + 2q: below 4q where self is below 2q and other at most 2q.
    unsafe fn sub(self, other: Self) -> Self;
    unsafe fn mul(self, other: Self) -> Self;
    /// `other` in the lanes of `mask`.
    unsafe fn select(self, other: Self, mask: u8) -> Self;
    /// The representative in [0, q) of something below 4q.
    unsafe fn canonical(self) -> Self;
    /// 1/x in every lane; none is zero.
    unsafe fn invert(self) -> Self;
}

/// Eight elements of F_q, limb by limb.
#[derive(Clone, Copy)]
pub struct Lanes([__m512i; LIMBS]);

/// k·q in limbs of 52 bits.
const fn multiple(k: u64) -> [u64; LIMBS] {
    let mut wide = [0u64; 5];
    let mut carry = 0u128;
    let mut i = 0;
    while i < 4 {
        let sum = MODULUS[i] as u128 * k as u128 + carry;
        wide[i] = sum as u64;
        carry = sum >> 64;
        i += 1;
    }
    wide[4] = carry as u64;
    [
        wide[0] & LIMB_MASK,
        (wide[0] >> 52 | wide[1] << 12) & LIMB_MASK,
        (wide[1] >> 40 | wide[2] << 24) & LIMB_MASK,
        (wide[2] >> 28 | wide[3] << 36) & LIMB_MASK,
        (wide[3] >> 16 | wide[4] << 48) & LIMB_MASK,
    ]
}

const Q: [u64; LIMBS] = multiple(1);
const Q2: [u64; LIMBS] = multiple(2);
const Q4: [u64; LIMBS] = multiple(4);

/// −1/q modulo 2⁵², by Newton's iteration.
const MINUS_INVERSE: u64 = {
    let mut inverse = 1u64;
    let mut i = 0;
    while i < 6 {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(MODULUS[0].wrapping_mul(inverse)));
        i += 1;
    }
    inverse.wrapping_neg() & LIMB_MASK
};

#[inline(always)]
unsafe fn splat(value: u64) -> __m512i {
    _mm512_set1_epi64(value as i64)
}

/// Adds a·b, both with limbs below 2⁵², to the ten columns.
#[inline(always)]
unsafe fn accumulate(columns: &mut [__m512i; 2 * LIMBS], a: &Lanes, b: &Lanes) {
    for i in 0..LIMBS {
        for j in 0..LIMBS {
            columns[i + j] = _mm512_madd52lo_epu64(columns[i + j], a.0[i], b.0[j]);
            columns[i + j + 1] = _mm512_madd52hi_epu64(columns[i + j + 1], a.0[i], b.0[j]);
        }
    }
}

/// Montgomery's reduction: the columns over R, below their value/R + q.
#[inline(always)]
unsafe fn reduce(mut columns: [__m512i; 2 * LIMBS]) -> Lanes {
    let zero = _mm512_setzero_si512();
    let inverse = splat(MINUS_INVERSE);
    for i in 0..LIMBS {
        let m = _mm512_madd52lo_epu64(zero, columns[i], inverse);
        for j in 0..LIMBS {
            let q = splat(Q[j]);
            columns[i + j] = _mm512_madd52lo_epu64(columns[i + j], m, q);
            columns[i + j + 1] = _mm512_madd52hi_epu64(columns[i + j + 1], m, q);
        }
        let carry = _mm512_srli_epi64::<LIMB_BITS>(columns[i]);
        columns[i + 1] = _mm512_add_epi64(columns[i + 1], carry);
    }
    propagate([columns[5], columns[6], columns[7], columns[8], columns[9]])
}

/// Limbs below 2⁵² with the same value, which is not negative and below 2²⁶⁰; limbs may be signed.
#[inline(always)]
unsafe fn propagate(mut limbs: [__m512i; LIMBS]) -> Lanes {
    let mask = splat(LIMB_MASK);
    for i in 0..LIMBS - 1 {
        let carry = _mm512_srai_epi64::<LIMB_BITS>(limbs[i]);
        limbs[i + 1] = _mm512_add_epi64(limbs[i + 1], carry);
        limbs[i] = _mm512_and_si512(limbs[i], mask);
    }
    Lanes(limbs)
}

impl Lanes {
    /// self − k·q where that is not negative.
    #[inline(always)]
    unsafe fn subtract_once(self, multiple: [u64; LIMBS]) -> Self {
        let mut difference = self.0;
        for (limb, q) in difference.iter_mut().zip(multiple) {
            *limb = _mm512_sub_epi64(*limb, splat(q));
        }
        let difference = propagate(difference);
        let negative = _mm512_cmplt_epi64_mask(difference.0[LIMBS - 1], _mm512_setzero_si512());
        difference.select(self, negative)
    }

    /// k·q − self, for self at most k·q.
    #[inline(always)]
    unsafe fn subtracted_from(self, multiple: [u64; LIMBS]) -> Self {
        let mut difference = self.0;
        for (limb, q) in difference.iter_mut().zip(multiple) {
            *limb = _mm512_sub_epi64(splat(q), *limb);
        }
        propagate(difference)
    }

    /// The eight elements as plain words, canonical.
    unsafe fn to_words(self) -> [[u64; 4]; LANES] {
        let mut columns = [0; 4 * BATCH];
        self.canonical().store(&mut columns, 0, 0);
        std::array::from_fn(|lane| std::array::from_fn(|word| columns[word * BATCH + lane]))
    }

    unsafe fn from_words(words: [[u64; 4]; LANES]) -> Self {
        let mut columns = [0; 4 * BATCH];
        for (lane, element) in words.iter().enumerate() {
            for (word, value) in element.iter().enumerate() {
                columns[word * BATCH + lane] = *value;
            }
        }
        Self::load(&columns, 0, 0)
    }
}

impl Element for Lanes {
    #[inline(always)]
    unsafe fn one() -> Self {
        let mut words = [0; 4];
        put(&mut words, 0, Fq::ONE);
        Self::from_words([words; LANES])
    }

    #[inline(always)]
    unsafe fn load(columns: &[u64], word: usize, group: usize) -> Self {
        let mask = splat(LIMB_MASK);
        let column = |i: usize| {
            let start = (word + i) * BATCH + group * LANES;
            let eight = &columns[start..start + LANES];
            _mm512_loadu_si512(eight.as_ptr().cast())
        };
        let (a, b, c, d) = (column(0), column(1), column(2), column(3));
        let low = |value| _mm512_and_si512(value, mask);
        Lanes([
            low(a),
            low(_mm512_or_si512(_mm512_srli_epi64::<52>(a), _mm512_slli_epi64::<12>(b))),
            low(_mm512_or_si512(_mm512_srli_epi64::<40>(b), _mm512_slli_epi64::<24>(c))),
            low(_mm512_or_si512(_mm512_srli_epi64::<28>(c), _mm512_slli_epi64::<36>(d))),
            _mm512_srli_epi64::<16>(d),
        ])
    }

    #[inline(always)]
    unsafe fn store(self, columns: &mut [u64], word: usize, group: usize) {
        let [a, b, c, d, e] = self.0;
        let words = [
            _mm512_or_si512(a, _mm512_slli_epi64::<52>(b)),
            _mm512_or_si512(_mm512_srli_epi64::<12>(b), _mm512_slli_epi64::<40>(c)),
            _mm512_or_si512(_mm512_srli_epi64::<24>(c), _mm512_slli_epi64::<28>(d)),
            _mm512_or_si512(_mm512_srli_epi64::<36>(d), _mm512_slli_epi64::<16>(e)),
        ];
        for (i, value) in words.into_iter().enumerate() {
            let start = (word + i) * BATCH + group * LANES;
            let eight = &mut columns[start..start + LANES];
            _mm512_storeu_si512(eight.as_mut_ptr().cast(), value);
        }
    }

    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        let mut sum = self.0;
        for (limb, addend) in sum.iter_mut().zip(other.0) {
            *limb = _mm512_add_epi64(*limb, addend);
        }
        propagate(sum)
    }

    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        let mut difference = self.0;
        for i in 0..LIMBS {
            let raised = _mm512_add_epi64(difference[i], splat(Q2[i]));
            difference[i] = _mm512_sub_epi64(raised, other.0[i]);
        }
        propagate(difference)
    }

    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        let mut columns = [_mm512_setzero_si512(); 2 * LIMBS];
        accumulate(&mut columns, &self, &other);
        reduce(columns)
    }

    #[inline(always)]
    unsafe fn select(self, other: Self, mask: u8) -> Self {
        let mut chosen = self.0;
        for (limb, alternative) in chosen.iter_mut().zip(other.0) {
            *limb = _mm512_mask_blend_epi64(mask, *limb, alternative);
        }
        Lanes(chosen)
    }

    #[inline(always)]
    unsafe fn canonical(self) -> Self {
        self.subtract_once(Q2).subtract_once(Q)
    }

    unsafe fn invert(self) -> Self {
        let elements = self.to_words().map(|words| raw(&words, 0));
        Self::from_words(invert_all(elements).map(|element| element.0 .0))
    }
}

/// Eight elements of F_q² = F_q[u]/(u² + 1).
#[derive(Clone, Copy)]
pub struct Lanes2 {
    c0: Lanes,
    c1: Lanes,
}

impl Element for Lanes2 {
    #[inline(always)]
    unsafe fn one() -> Self {
        Lanes2 { c0: Lanes::one(), c1: Lanes([_mm512_setzero_si512(); LIMBS]) }
    }

    #[inline(always)]
    unsafe fn load(columns: &[u64], word: usize, group: usize) -> Self {
        let (c0, c1) = (Lanes::load(columns, word, group), Lanes::load(columns, word + 4, group));
        Lanes2 { c0, c1 }
    }

    #[inline(always)]
    unsafe fn store(self, columns: &mut [u64], word: usize, group: usize) {
        self.c0.store(columns, word, group);
        self.c1.store(columns, word + 4, group);
    }

    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        Lanes2 { c0: self.c0.add(other.c0), c1: self.c1.add(other.c1) }
    }

    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        Lanes2 { c0: self.c0.sub(other.c0), c1: self.c1.sub(other.c1) }
    }

    /// Two products to a reduction: (a₀b₀ + (4q − a₁)b₁, a₀b₁ + a₁b₀), below 2·(4q)²/R + q < 2q.
    ///
    /// Three times the square of something canonical is a factor too: 3·(5q²/R + q) < 3.2q.
    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        let minus = self.c1.subtracted_from(Q4);
        let mut first = [_mm512_setzero_si512(); 2 * LIMBS];
        accumulate(&mut first, &self.c0, &other.c0);
        accumulate(&mut first, &minus, &other.c1);
        let mut second = [_mm512_setzero_si512(); 2 * LIMBS];
        accumulate(&mut second, &self.c0, &other.c1);
        accumulate(&mut second, &self.c1, &other.c0);
        Lanes2 { c0: reduce(first), c1: reduce(second) }
    }

    #[inline(always)]
    unsafe fn select(self, other: Self, mask: u8) -> Self {
        Lanes2 { c0: self.c0.select(other.c0, mask), c1: self.c1.select(other.c1, mask) }
    }

    #[inline(always)]
    unsafe fn canonical(self) -> Self {
        Lanes2 { c0: self.c0.canonical(), c1: self.c1.canonical() }
    }

    unsafe fn invert(self) -> Self {
        let (real, imaginary) = (self.c0.to_words(), self.c1.to_words());
        let elements: [Fq2; LANES] =
            std::array::from_fn(|i| Fq2::new(raw(&real[i], 0), raw(&imaginary[i], 0)));
        let inverses = invert_all(elements);
        Lanes2 {
            c0: Lanes::from_words(inverses.map(|element| element.c0.0 .0)),
            c1: Lanes::from_words(inverses.map(|element| element.c1.0 .0)),
        }
    }
}

/// Inverses in R = 2²⁶⁰ of elements in R = 2²⁶⁰ that arkworks reads in R = 2²⁵⁶.
///
/// It reads X·2²⁶⁰ as A = 16·X, and is to write X⁻¹·2²⁶⁰, which it calls 16·X⁻¹ = 256·A⁻¹.
fn invert_all<F: Field>(elements: [F; LANES]) -> [F; LANES] {
    let mut prefixes = [F::ONE; LANES];
    for i in 1..LANES {
        prefixes[i] = prefixes[i - 1] * elements[i - 1];
    }
    let product = prefixes[LANES - 1] * elements[LANES - 1];
    let mut inverse = product.inverse().unwrap_or(F::ONE);
    let mut inverses = [F::ONE; LANES];
    for i in (0..LANES).rev() {
        inverses[i] = inverse * prefixes[i] * F::from(256u64);
        inverse *= elements[i];
    }
    inverses
}

/// x·2²⁶⁰: arkworks holds x·2²⁵⁶, so its words for 16·x.
pub fn put(words: &mut [u64], start: usize, value: Fq) {
    words[start..start + 4].copy_from_slice(&(value * Fq::from(16u64)).0 .0);
}

/// The inverse of `put`.
pub fn get(words: &[u64], start: usize) -> Fq {
    raw(words, start) * sixteenth()
}

fn raw(words: &[u64], start: usize) -> Fq {
    Fq::new_unchecked(BigInt([words[start], words[start + 1], words[start + 2], words[start + 3]]))
}

fn sixteenth() -> Fq {
    // 16 is invertible modulo a prime of 254 bits.
    Fq::from(16u64).inverse().unwrap_or(Fq::ONE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ifma::is_available;

    /// A product at the bound that `mul` promises to bear is still right, in every lane.
    #[test]
    fn products_bear_their_bounds() {
        if !is_available() {
            return;
        }
        // SAFETY: the features were just found.
        unsafe { bounds() };
    }

    #[target_feature(enable = "avx512f,avx512ifma")]
    unsafe fn bounds() {
        let mut words = [0; 4];
        put(&mut words, 0, -Fq::ONE);
        let minus_one = Lanes::from_words([words; LANES]);
        let high =
            minus_one.add(Lanes(Q4.map(|limb| splat(limb)))).add(Lanes(Q2.map(|l| splat(l))));
        let square = high.mul(high).to_words();
        let mut expected = [0; 4];
        put(&mut expected, 0, Fq::ONE);
        assert_eq!(square, [expected; LANES]);
    }
}
