//! A constraint system that was read from a file, as arkworks's circuits are written.

use ark_bn254::Fr;
use ark_relations::gr1cs::{
    ConstraintSynthesizer, ConstraintSystemRef, LinearCombination, Result, Variable,
};

use crate::files::{Row, System};

#[derive(Clone, Copy)]
pub struct Imported<'a> {
    pub system: &'a System,
    pub witness: &'a [Fr],
}

impl ConstraintSynthesizer<Fr> for Imported<'_> {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<()> {
        let mut variables = vec![Variable::one()];
        for wire in 1..self.system.wires {
            let value = || Ok(self.witness[wire]);
            variables.push(if wire <= self.system.public {
                cs.new_input_variable(value)?
            } else {
                cs.new_witness_variable(value)?
            });
        }
        let sum = |row: &Row| {
            LinearCombination(row.iter().map(|&(wire, k)| (k, variables[wire])).collect())
        };
        for [a, b, c] in &self.system.constraints {
            cs.enforce_r1cs_constraint(|| sum(a), || sum(b), || sum(c))?;
        }
        Ok(())
    }
}
