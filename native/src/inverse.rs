//! Inverses by division steps, several times as fast as arkworks' binary algorithm.
//!
//! Bernstein and Yang, "Fast constant-time gcd computation and modular inversion" (2019/266), in
//! the variable-time form for 62 steps at once. One inversion is a witness's every division and a
//! batch's shared one.
//!
//! | paper  | here                                                       |
//! | ------ | ---------------------------------------------------------- |
//! | f, g   | start as the modulus and x; g ends as 0, f as ±1            |
//! | d, e   | f = d·x and g = e·x modulo the modulus, kept in (−2p, p)    |
//! | δ      | −eta                                                       |
//! | 𝒯      | `Steps`: 2⁶²·(f, g) after 62 steps from (f, g) before        |

use ark_ff::{BigInt, Field, Fp, MontBackend, MontConfig};

const BITS: u32 = 62;
const MASK: i64 = (1 << BITS) - 1;
const LIMBS: usize = 5;

/// Signed, in limbs of 62 bits; only the last one carries the sign.
type Signed = [i64; LIMBS];

/// The matrix (u v; q r) of 62 division steps.
struct Steps {
    u: i64,
    v: i64,
    q: i64,
    r: i64,
}

/// 1/x, or None for zero.
pub fn inverse<T: MontConfig<4>>(x: &Fp<MontBackend<T, 4>, 4>) -> Option<Fp<MontBackend<T, 4>, 4>> {
    let words = x.0 .0;
    if words == [0; 4] {
        return None;
    }
    let plain = Fp::new_unchecked(BigInt(invert_words(words, T::MODULUS.0)));
    // What was inverted is x·R, and what an element's words hold is value·R: 1/(x·R) has to be
    // multiplied by R² twice over, which a product by the element R² (with words R³) does.
    Some(plain * montgomery_square::<T>())
}

/// The element R².
fn montgomery_square<T: MontConfig<4>>() -> Fp<MontBackend<T, 4>, 4> {
    let square: Fp<MontBackend<T, 4>, 4> = Fp::new_unchecked(T::R2);
    square * Fp::new_unchecked(T::R2) * Fp::ONE
}

/// x⁻¹ modulo an odd modulus of at most 256 bits, for 0 < x < modulus.
fn invert_words(x: [u64; 4], modulus: [u64; 4]) -> [u64; 4] {
    let p = to_limbs(modulus);
    let p_inverse = inverse_of_word(modulus[0]);
    let (mut f, mut g) = (p, to_limbs(x));
    let (mut d, mut e): (Signed, Signed) = ([0; LIMBS], [1, 0, 0, 0, 0]);
    let mut eta = -1;
    while g != [0; LIMBS] {
        let steps = division_steps(&mut eta, f[0] as u64, g[0] as u64);
        update_cofactors(&mut d, &mut e, &steps, &p, p_inverse);
        update_values(&mut f, &mut g, &steps);
    }
    normalize(d, f[LIMBS - 1] < 0, &p)
}

/// 62 steps on the lowest words of f and g, runs of zero bits and small multiples at once.
fn division_steps(eta: &mut i64, mut f: u64, mut g: u64) -> Steps {
    let (mut u, mut v, mut q, mut r) = (1u64, 0u64, 0u64, 1u64);
    let mut left = BITS;
    loop {
        let zeros = (g | u64::MAX << left).trailing_zeros();
        g >>= zeros;
        u <<= zeros;
        v <<= zeros;
        *eta -= i64::from(zeros);
        left -= zeros;
        if left == 0 {
            break;
        }
        if *eta < 0 {
            *eta = -*eta;
            (f, g) = (g, f.wrapping_neg());
            (u, q) = (q, u.wrapping_neg());
            (v, r) = (r, v.wrapping_neg());
        }
        // Cancels up to six low bits of g, as many as eta and the remaining steps allow, by a
        // multiple of f: an odd f has f·(2 − f²) as its inverse modulo 2⁶.
        let limit = (*eta as u64 + 1).min(u64::from(left)).min(6);
        let mask = (1u64 << limit) - 1;
        let minus_inverse = f.wrapping_mul(f.wrapping_mul(f).wrapping_sub(2));
        let multiple = minus_inverse.wrapping_mul(g) & mask;
        g = g.wrapping_add(f.wrapping_mul(multiple));
        q = q.wrapping_add(u.wrapping_mul(multiple));
        r = r.wrapping_add(v.wrapping_mul(multiple));
    }
    Steps { u: u as i64, v: v as i64, q: q as i64, r: r as i64 }
}

/// 1/f modulo 2⁶⁴ for odd f: three bits to begin with, doubled by each of Newton's steps.
#[inline(always)]
fn inverse_of_word(f: u64) -> u64 {
    let mut inverse = f;
    for _ in 0..5 {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(f.wrapping_mul(inverse)));
    }
    inverse
}

/// (d, e) ← 𝒯·(d, e)/2⁶² modulo p, adding the multiple of p that makes the division exact.
fn update_cofactors(d: &mut Signed, e: &mut Signed, t: &Steps, p: &Signed, p_inverse: u64) {
    let (sign_d, sign_e) = (d[LIMBS - 1] >> 63, e[LIMBS - 1] >> 63);
    let mut multiple_d = (t.u & sign_d) + (t.v & sign_e);
    let mut multiple_e = (t.q & sign_d) + (t.r & sign_e);
    let mut carry_d = wide(t.u, d[0]) + wide(t.v, e[0]);
    let mut carry_e = wide(t.q, d[0]) + wide(t.r, e[0]);
    let exact = |multiple: i64, carry: i128| {
        let wanted = p_inverse.wrapping_mul(carry as u64).wrapping_add(multiple as u64);
        multiple - (wanted as i64 & MASK)
    };
    multiple_d = exact(multiple_d, carry_d);
    multiple_e = exact(multiple_e, carry_e);
    carry_d = (carry_d + wide(p[0], multiple_d)) >> BITS;
    carry_e = (carry_e + wide(p[0], multiple_e)) >> BITS;
    for i in 1..LIMBS {
        carry_d += wide(t.u, d[i]) + wide(t.v, e[i]) + wide(p[i], multiple_d);
        carry_e += wide(t.q, d[i]) + wide(t.r, e[i]) + wide(p[i], multiple_e);
        d[i - 1] = carry_d as i64 & MASK;
        e[i - 1] = carry_e as i64 & MASK;
        carry_d >>= BITS;
        carry_e >>= BITS;
    }
    d[LIMBS - 1] = carry_d as i64;
    e[LIMBS - 1] = carry_e as i64;
}

/// (f, g) ← 𝒯·(f, g)/2⁶², which is exact.
fn update_values(f: &mut Signed, g: &mut Signed, t: &Steps) {
    let mut carry_f = (wide(t.u, f[0]) + wide(t.v, g[0])) >> BITS;
    let mut carry_g = (wide(t.q, f[0]) + wide(t.r, g[0])) >> BITS;
    for i in 1..LIMBS {
        carry_f += wide(t.u, f[i]) + wide(t.v, g[i]);
        carry_g += wide(t.q, f[i]) + wide(t.r, g[i]);
        f[i - 1] = carry_f as i64 & MASK;
        g[i - 1] = carry_g as i64 & MASK;
        carry_f >>= BITS;
        carry_g >>= BITS;
    }
    f[LIMBS - 1] = carry_f as i64;
    g[LIMBS - 1] = carry_g as i64;
}

/// ±d in [0, p), for d in (−2p, p).
fn normalize(mut d: Signed, negative: bool, p: &Signed) -> [u64; 4] {
    if d[LIMBS - 1] < 0 {
        d = carried(|i| d[i] + p[i]);
    }
    if negative {
        d = carried(|i| -d[i]);
    }
    if d[LIMBS - 1] < 0 {
        d = carried(|i| d[i] + p[i]);
    }
    from_limbs(&d)
}

fn carried(limb: impl Fn(usize) -> i64) -> Signed {
    let mut result = [0; LIMBS];
    let mut carry = 0;
    for (i, place) in result.iter_mut().enumerate() {
        let sum = limb(i) + carry;
        (*place, carry) = if i + 1 < LIMBS { (sum & MASK, sum >> BITS) } else { (sum, 0) };
    }
    result
}

#[inline(always)]
fn wide(a: i64, b: i64) -> i128 {
    i128::from(a) * i128::from(b)
}

fn to_limbs(w: [u64; 4]) -> Signed {
    let low = |word: u64| word as i64 & MASK;
    [
        low(w[0]),
        low(w[0] >> 62 | w[1] << 2),
        low(w[1] >> 60 | w[2] << 4),
        low(w[2] >> 58 | w[3] << 6),
        (w[3] >> 56) as i64,
    ]
}

fn from_limbs(limbs: &Signed) -> [u64; 4] {
    let l = limbs.map(|limb| limb as u64);
    [l[0] | l[1] << 62, l[1] >> 2 | l[2] << 60, l[2] >> 4 | l[3] << 58, l[3] >> 6 | l[4] << 56]
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::{Fq, Fr};

    fn agrees<T: MontConfig<4>>() {
        let mut x = Fp::<MontBackend<T, 4>, 4>::from(7u64);
        for i in 0..2000u64 {
            let edges = [x, -x, Fp::from(i), -Fp::from(i), Fp::from(2u64).pow([i]), x.square() - x];
            for value in edges {
                assert_eq!(inverse(&value), value.inverse(), "{value}");
            }
            x = x.square() + Fp::from(i);
        }
        assert_eq!(inverse(&-Fp::<MontBackend<T, 4>, 4>::ONE), Some(-Fp::ONE));
    }

    /// Both fields: the inverse is arkworks', zero has none.
    #[test]
    fn inverses_agree() {
        agrees::<ark_bn254::FqConfig>();
        agrees::<ark_bn254::FrConfig>();
        assert!(inverse(&Fq::from(0u64)).is_none());
        assert!(inverse(&Fr::from(0u64)).is_none());
    }

    #[test]
    #[ignore = "a measurement: cargo test --release -- --ignored --nocapture inverse"]
    fn inverse_speed() {
        let mut x = Fr::from(7u64);
        let start = std::time::Instant::now();
        for _ in 0..100_000 {
            x = inverse(&(x + Fr::ONE)).unwrap_or(Fr::ONE);
        }
        println!("{:?} an inverse, {x}", start.elapsed() / 100_000);
    }
}
