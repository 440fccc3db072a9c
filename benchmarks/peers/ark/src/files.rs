//! iden3's `.r1cs` and `.wtns`, as far as our own files need it.

use ark_bn254::Fr;
use ark_ff::PrimeField;

/// A row: (wire, coefficient).
pub type Row = Vec<(usize, Fr)>;

/// The constraint system of a `.r1cs`.
pub struct System {
    pub wires: usize,
    pub public: usize,
    pub constraints: Vec<[Row; 3]>,
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, size: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(size);
        self.0 = rest;
        taken
    }

    fn number(&mut self, size: usize) -> usize {
        self.take(size).iter().rev().fold(0, |total, &byte| total << 8 | usize::from(byte))
    }

    fn element(&mut self) -> Fr {
        Fr::from_le_bytes_mod_order(self.take(32))
    }

    fn row(&mut self) -> Row {
        (0..self.number(4)).map(|_| (self.number(4), self.element())).collect()
    }
}

/// The section of that number.
fn section(data: &[u8], wanted: usize) -> Reader<'_> {
    let mut file = Reader(data);
    file.take(8);
    for _ in 0..file.number(4) {
        let (number, size) = (file.number(4), file.number(8));
        let body = file.take(size);
        if number == wanted {
            return Reader(body);
        }
    }
    panic!("section {wanted} is missing");
}

pub fn read_r1cs(data: &[u8]) -> System {
    let mut header = section(data, 1);
    header.take(36);
    let wires = header.number(4);
    let public = header.number(4) + header.number(4);
    header.take(12);
    let count = header.number(4);
    let mut body = section(data, 2);
    let constraints = (0..count).map(|_| [body.row(), body.row(), body.row()]).collect();
    System { wires, public, constraints }
}

pub fn read_wtns(data: &[u8]) -> Vec<Fr> {
    let mut header = section(data, 1);
    header.take(36);
    let count = header.number(4);
    let mut body = section(data, 2);
    (0..count).map(|_| body.element()).collect()
}
