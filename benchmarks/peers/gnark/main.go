// Proves a .r1cs and a .wtns with gnark's Groth16, once per line of standard input.
//
// Usage: gnark FOLDER, where circuit.r1cs and witness.wtns are. The first line of output
// describes the run; every further one is a proof, timed, and verified.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/consensys/gnark"
	"github.com/consensys/gnark/backend/groth16"
	"github.com/consensys/gnark/backend/witness"
	bn254 "github.com/consensys/gnark/constraint/bn254"
	"github.com/consensys/gnark/logger"
)

const warmUp = 3

type prover struct {
	system          *bn254.R1CS
	key             groth16.ProvingKey
	verifyingKey    groth16.VerifyingKey
	witness, public witness.Witness
}

func main() {
	logger.Disable()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) != 2 {
		return errors.New("usage: gnark FOLDER")
	}
	p, setup, err := load(os.Args[1])
	if err != nil {
		return err
	}
	for range warmUp {
		if _, _, err := p.prove(); err != nil {
			return err
		}
	}
	fmt.Printf("{\"version\": %q, \"threads\": %d, \"constraints\": %d, \"setup_ms\": %f}\n",
		gnark.Version.String(), runtime.GOMAXPROCS(0), p.system.GetNbConstraints(), setup)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		proving, verifying, err := p.prove()
		if err != nil {
			return err
		}
		fmt.Printf("{\"prove_ms\": %f, \"verify_ms\": %f, \"valid\": true}\n", proving, verifying)
	}
	return lines.Err()
}

// load reads the files and makes a key; the milliseconds are the key's.
func load(folder string) (*prover, float64, error) {
	file, err := os.ReadFile(filepath.Join(folder, "circuit.r1cs"))
	if err != nil {
		return nil, 0, err
	}
	read, err := readR1CS(file)
	if err != nil {
		return nil, 0, err
	}
	if file, err = os.ReadFile(filepath.Join(folder, "witness.wtns")); err != nil {
		return nil, 0, err
	}
	values, err := readWitness(file)
	if err != nil {
		return nil, 0, err
	}
	p := &prover{system: imported(read)}
	if p.witness, err = assignment(read, values); err != nil {
		return nil, 0, err
	}
	if p.public, err = p.witness.Public(); err != nil {
		return nil, 0, err
	}
	start := time.Now()
	p.key, p.verifyingKey, err = groth16.Setup(p.system)
	return p, milliseconds(start), err
}

// prove makes one proof: the milliseconds of it, and of its verification.
func (p *prover) prove() (float64, float64, error) {
	start := time.Now()
	proof, err := groth16.Prove(p.system, p.key, p.witness)
	if err != nil {
		return 0, 0, err
	}
	proving := milliseconds(start)
	start = time.Now()
	err = groth16.Verify(proof, p.verifyingKey, p.public)
	return proving, milliseconds(start), err
}

func milliseconds(start time.Time) float64 {
	return float64(time.Since(start).Nanoseconds()) / 1e6
}
