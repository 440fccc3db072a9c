//! What is refused, on the branches of Python's `zk.errors`.

/// Which class of `zk.errors` an error becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Malformed,
    MalformedFile,
    MalformedPoint,
    ProofRejected,
    UnsafeKey,
    Conflict,
}

/// One line: what was looked at, what was expected, what came.
#[derive(Clone, Debug)]
pub struct Refusal {
    pub kind: Kind,
    pub subject: String,
    pub expected: String,
    pub actual: String,
}

pub type Outcome<T> = Result<T, Refusal>;

pub fn refuse<T>(
    kind: Kind,
    subject: impl Into<String>,
    expected: impl ToString,
    actual: impl ToString,
) -> Outcome<T> {
    Err(Refusal {
        kind,
        subject: subject.into(),
        expected: expected.to_string(),
        actual: actual.to_string(),
    })
}
