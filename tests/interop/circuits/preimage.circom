// A circuit of another toolchain: outputs, a public and two private inputs, circomlib parts.
pragma circom 2.1.0;

include "bitify.circom";
include "poseidon.circom";

template Preimage() {
    signal input salt;
    signal input secret;
    signal input small;
    signal output digest;
    signal output parity;

    component bits = Num2Bits(4);
    bits.in <== small;
    parity <== bits.out[0];

    component hash = Poseidon(2);
    hash.inputs[0] <== secret + small;
    hash.inputs[1] <== salt;
    digest <== hash.out;
}

component main {public [salt]} = Preimage();
