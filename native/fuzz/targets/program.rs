//! Any bytes as a witness program; one that is accepted runs.

#![no_main]

use _native::tape::Program;
use ark_bn254::Fr;
use libfuzzer_sys::fuzz_target;

/// A caller holds the inputs of a program in memory; what announces more is not run.
const MOST_INPUTS: usize = 1 << 12;

fuzz_target!(|data: &[u8]| {
    if let Ok(program) = Program::decode(data) {
        if program.inputs <= MOST_INPUTS {
            for first in [0u64, 1, u64::MAX] {
                let inputs: Vec<Fr> =
                    (0..program.inputs as u64).map(|i| Fr::from(first) - Fr::from(i)).collect();
                let registers = program.run(&inputs);
                program.witness(&registers);
                program.first_violation(&registers);
            }
        }
    }
});
