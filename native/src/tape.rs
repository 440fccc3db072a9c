//! The witness program: a flat tape over registers, as `zk.circuit.program` describes it.
//!
//! Encoded as little-endian words of 32 bits: inputs, registers, the number of constants, of
//! instructions, of wires and of constraints; the constants (32 bytes each); the instructions;
//! the wires; the constraints as they were traced, rows A, B, C over registers.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField};
use rayon::prelude::*;

use crate::bytes::{Reader, ELEMENT};
use crate::errors::{refuse, Kind, Outcome};
use crate::inverse::inverse;

const SUBJECT: &str = "witness program";

/// Σ coefficient·register.
type Combination = Vec<(u32, Fr)>;

enum Instruction {
    Product(Combination, Combination),
    Quotient(Combination, Combination),
    Bits(Combination, u32),
}

/// The tape, the wires among its registers, and the constraints that the registers satisfy.
pub struct Program {
    pub inputs: usize,
    registers: usize,
    instructions: Vec<Instruction>,
    wires: Vec<u32>,
    constraints: Vec<[Combination; 3]>,
}

impl Program {
    pub fn decode(data: &[u8]) -> Outcome<Self> {
        let mut reader = Reader::new(data, SUBJECT);
        let (inputs, registers) = (reader.u32()? as usize, reader.u32()? as usize);
        let announced = reader.u32()?;
        let (instructions, wires, rows) = (reader.u32()?, reader.u32()?, reader.u32()?);
        let count = reader.count(announced, ELEMENT)?;
        let constants = (0..count).map(|_| reader.fr()).collect::<Outcome<Vec<_>>>()?;
        let mut known = inputs + 1;
        let mut tape = Vec::with_capacity(reader.count(instructions, 12)?);
        for _ in 0..instructions {
            let (instruction, outputs) = read_instruction(&mut reader, &constants, known)?;
            known += outputs;
            tape.push(instruction);
        }
        if known != registers {
            return refuse(Kind::Malformed, SUBJECT, format!("{registers} registers"), known);
        }
        let wires = (0..reader.count(wires, 4)?)
            .map(|_| below(reader.u32()?, registers))
            .collect::<Outcome<Vec<_>>>()?;
        let constraints = (0..reader.count(rows, 12)?)
            .map(|_| {
                let mut row = || read_combination(&mut reader, &constants, registers);
                Ok([row()?, row()?, row()?])
            })
            .collect::<Outcome<Vec<_>>>()?;
        reader.finish()?;
        Ok(Program { inputs, registers, instructions: tape, wires, constraints })
    }

    /// All registers for these inputs.
    pub fn run(&self, inputs: &[Fr]) -> Vec<Fr> {
        let mut registers = Vec::with_capacity(self.registers);
        registers.push(Fr::ONE);
        registers.extend_from_slice(inputs);
        for instruction in &self.instructions {
            match instruction {
                Instruction::Product(a, b) => {
                    registers.push(value(a, &registers) * value(b, &registers));
                }
                Instruction::Quotient(a, b) => {
                    let reciprocal = inverse(&value(b, &registers)).unwrap_or(Fr::ZERO);
                    registers.push(value(a, &registers) * reciprocal);
                }
                Instruction::Bits(a, count) => {
                    let bits = value(a, &registers).into_bigint();
                    registers.extend((0..*count as usize).map(|i| Fr::from(bits.get_bit(i))));
                }
            }
        }
        registers
    }

    /// The wires' values.
    pub fn witness(&self, registers: &[Fr]) -> Vec<Fr> {
        self.wires.iter().map(|&i| registers[i as usize]).collect()
    }

    /// The first constraint that the registers break.
    pub fn first_violation(&self, registers: &[Fr]) -> Option<usize> {
        let of = |row: &Combination| value(row, registers);
        self.constraints.par_iter().position_first(|[a, b, c]| of(a) * of(b) != of(c))
    }
}

fn read_instruction(
    reader: &mut Reader<'_>,
    constants: &[Fr],
    known: usize,
) -> Outcome<(Instruction, usize)> {
    let (operation, outputs) = (reader.u32()?, reader.u32()?);
    let a = read_combination(reader, constants, known)?;
    match (operation, outputs) {
        (0, 1) => Ok((Instruction::Product(a, read_combination(reader, constants, known)?), 1)),
        (1, 1) => Ok((Instruction::Quotient(a, read_combination(reader, constants, known)?), 1)),
        (2, count @ 1..=255) => Ok((Instruction::Bits(a, count), count as usize)),
        other => refuse(Kind::Malformed, SUBJECT, "an instruction", format!("{other:?}")),
    }
}

fn read_combination(
    reader: &mut Reader<'_>,
    constants: &[Fr],
    known: usize,
) -> Outcome<Combination> {
    let announced = reader.u32()?;
    (0..reader.count(announced, 8)?)
        .map(|_| {
            let register = below(reader.u32()?, known)?;
            let constant = below(reader.u32()?, constants.len())?;
            Ok((register, constants[constant as usize]))
        })
        .collect()
}

fn below(index: u32, bound: usize) -> Outcome<u32> {
    if (index as usize) < bound {
        return Ok(index);
    }
    refuse(Kind::Malformed, SUBJECT, format!("an index below {bound}"), index)
}

fn value(combination: &Combination, registers: &[Fr]) -> Fr {
    crate::sparse::evaluate(combination, registers)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// x ↦ (x², 1/x, bits of x), with x² constrained.
    fn words() -> Vec<u8> {
        let mut data = Vec::new();
        let mut word = |value: u32| data.extend_from_slice(&value.to_le_bytes());
        [1, 6, 1, 3, 3, 1].into_iter().for_each(&mut word);
        [1, 0, 0, 0, 0, 0, 0, 0].into_iter().for_each(&mut word);
        [0, 1, 1, 1, 0, 1, 1, 0].into_iter().for_each(&mut word);
        [1, 1, 1, 0, 0, 1, 1, 0].into_iter().for_each(&mut word);
        [2, 2, 1, 1, 0].into_iter().for_each(&mut word);
        [0, 1, 2].into_iter().for_each(&mut word);
        [1, 1, 0, 1, 1, 0, 1, 2, 0].into_iter().for_each(&mut word);
        data
    }

    /// Each instruction does what its name says, and a broken constraint is found.
    #[test]
    fn a_program_runs() {
        let program = Program::decode(&words()).expect("a program");
        let mut registers = program.run(&[Fr::from(6u64)]);
        let expected: Vec<Fr> = [1, 6, 36, 0, 0, 1].into_iter().map(Fr::from).collect();
        assert_eq!(registers[..3], expected[..3]);
        assert_eq!(registers[3] * registers[1], Fr::from(1u64));
        assert_eq!(registers[4..], expected[4..]);
        assert_eq!(program.first_violation(&registers), None);
        registers[2] += Fr::from(1u64);
        assert_eq!(program.first_violation(&registers), Some(0));
    }

    /// Whatever is cut off or changed, decoding refuses or gives a program that runs.
    #[test]
    fn damage_never_panics() {
        let honest = words();
        for end in 0..honest.len() {
            assert!(Program::decode(&honest[..end]).is_err());
        }
        for position in 0..honest.len() {
            for flip in [1u8, 0x80, 0xff] {
                let mut data = honest.clone();
                data[position] ^= flip;
                if let Ok(program) = Program::decode(&data) {
                    program.run(&vec![Fr::from(6u64); program.inputs]);
                }
            }
        }
    }
}
