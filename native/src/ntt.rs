//! Transforms on the 2ᵏ-th roots of unity.
//!
//! Values go to coefficients by decimation in frequency, which leaves them in bit-reversed order,
//! and back by decimation in time, which takes them so: nothing is ever permuted.

use ark_bn254::Fr;
use ark_ff::{FftField, Field};

/// A subtransform below this size is not worth a task of its own.
const TASK_SIZE: usize = 1 << 11;

/// A domain of 2^log_size points with what its transforms need.
pub struct Domain {
    pub log_size: u32,
    roots: Vec<Fr>,
    inverse_roots: Vec<Fr>,
    /// ηⁱ/n in bit-reversed order, η a 2n-th root: scales coefficients to the coset.
    coset: Vec<Fr>,
}

impl Domain {
    pub fn new(log_size: u32) -> Self {
        let size = 1usize << log_size;
        let root = root_of_unity(log_size);
        let eta = root_of_unity(log_size + 1);
        let scale = Fr::from(size as u64).inverse().unwrap_or(Fr::ONE);
        let plain = powers(eta, size, scale);
        let coset = (0..size).map(|i| plain[reverse(i, log_size)]).collect();
        Domain {
            log_size,
            roots: powers(root, size / 2, Fr::ONE),
            inverse_roots: powers(root.inverse().unwrap_or(Fr::ONE), size / 2, Fr::ONE),
            coset,
        }
    }

    pub fn size(&self) -> usize {
        1 << self.log_size
    }

    /// Values on the domain to values on its coset, in place: two transforms.
    pub fn move_to_coset(&self, values: &mut [Fr]) {
        to_coefficients(values, &self.inverse_roots, 1);
        for (value, factor) in values.iter_mut().zip(&self.coset) {
            *value *= factor;
        }
        to_values(values, &self.roots, 1);
    }
}

/// The primitive 2^log_order-th root of unity that every implementation of this field uses.
pub fn root_of_unity(log_order: u32) -> Fr {
    let mut root = Fr::TWO_ADIC_ROOT_OF_UNITY;
    for _ in log_order..Fr::TWO_ADICITY {
        root.square_in_place();
    }
    root
}

/// first, first·base, first·base², …
pub fn powers(base: Fr, count: usize, first: Fr) -> Vec<Fr> {
    let mut power = first;
    let step = |_| {
        let current = power;
        power *= base;
        current
    };
    (0..count).map(step).collect()
}

fn reverse(index: usize, bits: u32) -> usize {
    if bits == 0 {
        0
    } else {
        index.reverse_bits() >> (usize::BITS - bits)
    }
}

fn to_coefficients(values: &mut [Fr], roots: &[Fr], stride: usize) {
    let half = values.len() / 2;
    if half == 0 {
        return;
    }
    let (low, high) = values.split_at_mut(half);
    for (i, (x, y)) in low.iter_mut().zip(high.iter_mut()).enumerate() {
        let difference = *x - *y;
        *x += *y;
        *y = difference * roots[i * stride];
    }
    both(low, high, |part| to_coefficients(part, roots, stride * 2));
}

fn to_values(values: &mut [Fr], roots: &[Fr], stride: usize) {
    let half = values.len() / 2;
    if half == 0 {
        return;
    }
    let (low, high) = values.split_at_mut(half);
    both(low, high, |part| to_values(part, roots, stride * 2));
    for (i, (x, y)) in low.iter_mut().zip(high.iter_mut()).enumerate() {
        let product = *y * roots[i * stride];
        *y = *x - product;
        *x += product;
    }
}

fn both(low: &mut [Fr], high: &mut [Fr], work: impl Fn(&mut [Fr]) + Sync) {
    if low.len() >= TASK_SIZE {
        rayon::join(|| work(low), || work(high));
    } else {
        work(low);
        work(high);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::AdditiveGroup;

    /// On every size, values of a polynomial on the domain become its values on the coset.
    #[test]
    fn the_coset_has_the_same_polynomial() {
        for log_size in 0..=6 {
            let domain = Domain::new(log_size);
            let size = domain.size();
            let coefficients: Vec<Fr> = (0..size as u64).map(|i| Fr::from(i * i + 3)).collect();
            let at = |x: Fr| coefficients.iter().rev().fold(Fr::ZERO, |sum, c| sum * x + c);
            let points = powers(root_of_unity(log_size), size, Fr::ONE);
            let eta = root_of_unity(log_size + 1);
            let mut values: Vec<Fr> = points.iter().map(|&x| at(x)).collect();
            domain.move_to_coset(&mut values);
            let expected: Vec<Fr> = points.iter().map(|&x| at(x * eta)).collect();
            assert_eq!(values, expected, "2^{log_size}");
        }
    }
}
