package main

import (
	"encoding/binary"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// term is a coefficient of one wire.
type term struct {
	wire        int
	coefficient fr.Element
}

// system is the constraint system of a .r1cs.
type system struct {
	wires, public int
	constraints   [][3][]term
}

// reader takes bytes from the front; a file that is too short is a defect of its writer.
type reader []byte

func (r *reader) take(size int) []byte {
	taken := (*r)[:size]
	*r = (*r)[size:]
	return taken
}

func (r *reader) u32() int {
	return int(binary.LittleEndian.Uint32(r.take(4)))
}

func (r *reader) element() (fr.Element, error) {
	return fr.LittleEndian.Element((*[fr.Bytes]byte)(r.take(fr.Bytes)))
}

func (r *reader) row() ([]term, error) {
	row := make([]term, r.u32())
	for i := range row {
		var err error
		row[i].wire = r.u32()
		if row[i].coefficient, err = r.element(); err != nil {
			return nil, err
		}
	}
	return row, nil
}

// section is the section of that number in one of iden3's files.
func section(file []byte, wanted int) (*reader, error) {
	whole := reader(file)
	whole.take(8)
	for range whole.u32() {
		number := whole.u32()
		size := int(binary.LittleEndian.Uint64(whole.take(8)))
		body := reader(whole.take(size))
		if number == wanted {
			return &body, nil
		}
	}
	return nil, fmt.Errorf("section %d is missing", wanted)
}

func readR1CS(file []byte) (*system, error) {
	header, err := section(file, 1)
	if err != nil {
		return nil, err
	}
	header.take(36)
	wires, outputs, inputs := header.u32(), header.u32(), header.u32()
	header.take(12)
	read := &system{wires, outputs + inputs, make([][3][]term, header.u32())}
	body, err := section(file, 2)
	if err != nil {
		return nil, err
	}
	for i := range read.constraints {
		for j := range 3 {
			if read.constraints[i][j], err = body.row(); err != nil {
				return nil, err
			}
		}
	}
	return read, nil
}

func readWitness(file []byte) ([]fr.Element, error) {
	header, err := section(file, 1)
	if err != nil {
		return nil, err
	}
	header.take(36)
	values := make([]fr.Element, header.u32())
	body, err := section(file, 2)
	if err != nil {
		return nil, err
	}
	for i := range values {
		if values[i], err = body.element(); err != nil {
			return nil, err
		}
	}
	return values, nil
}
