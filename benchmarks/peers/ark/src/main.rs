//! Proves a `.r1cs` and a `.wtns` with ark-groth16, once per line of standard input.
//!
//! Usage: tacit-bench-ark FOLDER, where circuit.r1cs and witness.wtns are. The first line of
//! output describes the run; every further one is a proof, timed, and verified. Proofs are made
//! from matrices that were synthesized once: the fastest way that the crate offers.

mod circuit;
mod files;

use std::error::Error;
use std::io::{stdin, BufRead};
use std::path::PathBuf;
use std::time::Instant;

use ark_bn254::{Bn254, Fr};
use ark_ff::UniformRand;
use ark_groth16::{Groth16, PreparedVerifyingKey, ProvingKey};
use ark_relations::gr1cs::{
    ConstraintSynthesizer, ConstraintSystem, Matrix, OptimizationGoal, R1CS_PREDICATE_LABEL,
};
use ark_snark::SNARK;
use ark_std::rand::rngs::OsRng;

use circuit::Imported;

const WARM_UP: usize = 3;

struct Prover {
    key: ProvingKey<Bn254>,
    verifying_key: PreparedVerifyingKey<Bn254>,
    matrices: Vec<Matrix<Fr>>,
    witness: Vec<Fr>,
    public: usize,
}

impl Prover {
    fn setup(circuit: Imported<'_>) -> Result<Self, Box<dyn Error>> {
        let (key, verifying_key) = Groth16::<Bn254>::circuit_specific_setup(circuit, &mut OsRng)?;
        let cs = ConstraintSystem::new_ref();
        cs.set_optimization_goal(OptimizationGoal::Constraints);
        circuit.generate_constraints(cs.clone())?;
        cs.finalize();
        let matrices = cs.to_matrices()?.remove(R1CS_PREDICATE_LABEL).ok_or("no matrices")?;
        Ok(Prover {
            key,
            verifying_key: Groth16::<Bn254>::process_vk(&verifying_key)?,
            matrices,
            witness: circuit.witness.to_vec(),
            public: circuit.system.public,
        })
    }

    /// Milliseconds of one proof and of its verification.
    fn prove(&self) -> Result<(f64, f64), Box<dyn Error>> {
        let start = Instant::now();
        let proof = Groth16::<Bn254>::create_proof_with_reduction_and_matrices(
            &self.key,
            Fr::rand(&mut OsRng),
            Fr::rand(&mut OsRng),
            &self.matrices,
            self.public + 1,
            self.matrices[0].len(),
            &self.witness,
        )?;
        let proving = milliseconds(start);
        let start = Instant::now();
        let public = &self.witness[1..=self.public];
        if !Groth16::<Bn254>::verify_with_processed_vk(&self.verifying_key, public, &proof)? {
            return Err("the proof does not verify".into());
        }
        Ok((proving, milliseconds(start)))
    }
}

fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("usage: tacit-bench-ark FOLDER")?);
    let system = files::read_r1cs(&std::fs::read(folder.join("circuit.r1cs"))?);
    let witness = files::read_wtns(&std::fs::read(folder.join("witness.wtns"))?);
    let start = Instant::now();
    let prover = Prover::setup(Imported { system: &system, witness: &witness })?;
    let setup = milliseconds(start);
    for _ in 0..WARM_UP {
        prover.prove()?;
    }
    println!(
        r#"{{"version": "0.6.0", "threads": {}, "constraints": {}, "setup_ms": {setup}}}"#,
        rayon::current_num_threads(),
        prover.matrices[0].len(),
    );
    for line in stdin().lock().lines() {
        line?;
        let (proving, verifying) = prover.prove()?;
        println!(r#"{{"prove_ms": {proving}, "verify_ms": {verifying}, "valid": true}}"#);
    }
    Ok(())
}
