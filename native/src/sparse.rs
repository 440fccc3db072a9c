//! Sparse matrices by rows.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field, Zero};
use rayon::prelude::*;

use crate::errors::{refuse, Kind, Outcome};

/// Row i is `entries[starts[i]..starts[i + 1]]`.
pub struct Matrix {
    starts: Vec<u32>,
    entries: Vec<(u32, Fr)>,
}

impl Matrix {
    /// From (row, wire, value) in any order; each place once.
    pub fn new(mut triples: Vec<(u32, u32, Fr)>, rows: u32) -> Outcome<Self> {
        triples.sort_unstable_by_key(|&(row, wire, _)| (row, wire));
        if let Some(pair) = triples.windows(2).find(|w| (w[0].0, w[0].1) == (w[1].0, w[1].1)) {
            let found = format!("({}, {})", pair[0].0, pair[0].1);
            return refuse(Kind::MalformedFile, ".zkey section 4", "each entry once", found);
        }
        let mut starts = vec![0; rows as usize + 1];
        for &(row, _, _) in &triples {
            starts[row as usize + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        Ok(Matrix { starts, entries: triples.into_iter().map(|(_, w, v)| (w, v)).collect() })
    }

    pub fn row(&self, index: usize) -> &[(u32, Fr)] {
        &self.entries[self.starts[index] as usize..self.starts[index + 1] as usize]
    }

    pub fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// ⟨row, values⟩ for every row.
    pub fn multiply(&self, values: &[Fr]) -> Vec<Fr> {
        (0..self.rows())
            .into_par_iter()
            .with_min_len(256)
            .map(|index| evaluate(self.row(index), values))
            .collect()
    }
}

/// ⟨row, values⟩; ones and minus ones cost no multiplication.
pub fn evaluate(row: &[(u32, Fr)], values: &[Fr]) -> Fr {
    let mut sum = Fr::ZERO;
    for (wire, coefficient) in row {
        let value = &values[*wire as usize];
        if value.is_zero() {
            continue;
        }
        if *coefficient == Fr::ONE {
            sum += value;
        } else {
            sum += *coefficient * value;
        }
    }
    sum
}
