package main

import (
	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark/backend/witness"
	"github.com/consensys/gnark/constraint"
	bn254 "github.com/consensys/gnark/constraint/bn254"
)

// imported is the same constraint system, row by row, as gnark's frontend would leave it.
//
// Every wire is an input: the witness is known, and gnark's solver only evaluates the rows,
// which the proof needs in any case.
func imported(from *system) *bn254.R1CS {
	to := bn254.NewR1CS(len(from.constraints))
	to.AddPublicVariable("1")
	for range from.public {
		to.AddPublicVariable("")
	}
	for range from.wires - from.public - 1 {
		to.AddSecretVariable("")
	}
	row := func(terms []term) constraint.LinearExpression {
		expression := make(constraint.LinearExpression, len(terms))
		for i := range terms {
			coefficient := to.FromInterface(terms[i].coefficient)
			expression[i] = to.MakeTerm(coefficient, terms[i].wire)
		}
		return expression
	}
	blueprint := to.AddBlueprint(&constraint.BlueprintGenericR1C{})
	for _, rows := range from.constraints {
		to.AddR1C(constraint.R1C{L: row(rows[0]), R: row(rows[1]), O: row(rows[2])}, blueprint)
	}
	return to
}

// assignment is the witness without the constant wire, which gnark adds by itself.
func assignment(from *system, values []fr.Element) (witness.Witness, error) {
	made, err := witness.New(ecc.BN254.ScalarField())
	if err != nil {
		return nil, err
	}
	stream := make(chan any)
	go func() {
		defer close(stream)
		for _, value := range values[1:] {
			stream <- value
		}
	}()
	err = made.Fill(from.public, from.wires-from.public-1, stream)
	return made, err
}
