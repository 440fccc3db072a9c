//! Scalars as signed digits.

use ark_bn254::Fr;
use ark_ff::{BigInt, BigInteger, PrimeField};

/// Bits of |k| for k in (−r/2, r/2].
pub const MAGNITUDE_BITS: usize = 253;

/// |k| and the sign of k, for the representative of least magnitude.
pub fn signed(scalar: &Fr) -> (BigInt<4>, bool) {
    let k = scalar.into_bigint();
    if k > Fr::MODULUS_MINUS_ONE_DIV_TWO {
        let mut opposite = Fr::MODULUS;
        opposite.sub_with_borrow(&k);
        (opposite, true)
    } else {
        (k, false)
    }
}

/// How many digits of `width` bits a magnitude has; the top one keeps room for a carry.
pub fn digit_count(width: usize) -> usize {
    (MAGNITUDE_BITS + 1).div_ceil(width)
}

/// Calls `visit(window, digit)` for each non-zero digit in [−2^(w−1), 2^(w−1)], lowest first.
#[inline]
pub fn for_each_digit(magnitude: &BigInt<4>, width: usize, mut visit: impl FnMut(usize, i32)) {
    let limbs = &magnitude.0;
    let (half, base) = (1i64 << (width - 1), 1i64 << width);
    let bits = magnitude.num_bits() as usize;
    let mut carry = 0i64;
    let mut window = 0;
    while window * width < bits || carry != 0 {
        let mut digit = extract(limbs, window * width, width) as i64 + carry;
        carry = (digit > half) as i64;
        digit -= carry * base;
        if digit != 0 {
            visit(window, digit as i32);
        }
        window += 1;
    }
}

#[inline]
fn extract(limbs: &[u64; 4], from: usize, width: usize) -> u64 {
    let (limb, shift) = (from / 64, from % 64);
    if limb >= 4 {
        return 0;
    }
    let mut bits = limbs[limb] >> shift;
    if shift + width > 64 && limb + 1 < 4 {
        bits |= limbs[limb + 1] << (64 - shift);
    }
    bits & ((1 << width) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::{AdditiveGroup, Field};

    /// The digits of every width are in range and add up to the scalar, edges among them.
    #[test]
    fn digits_add_up() {
        let half = Fr::from(Fr::MODULUS_MINUS_ONE_DIV_TWO);
        let edges = [Fr::ZERO, Fr::ONE, -Fr::ONE, half, half + Fr::ONE, Fr::from(u64::MAX)];
        for scalar in edges {
            let (magnitude, negative) = signed(&scalar);
            for width in 2..=18 {
                let mut sum = Fr::ZERO;
                for_each_digit(&magnitude, width, |window, digit| {
                    assert!(window < digit_count(width));
                    assert!(digit.unsigned_abs() <= 1 << (width - 1));
                    let weight = Fr::from(2u64).pow([(window * width) as u64]);
                    let size = Fr::from(digit.unsigned_abs()) * weight;
                    sum += if digit < 0 { -size } else { size };
                });
                assert_eq!(if negative { -sum } else { sum }, scalar);
            }
        }
    }
}
