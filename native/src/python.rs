//! The module `zk._native`: coarse calls, bytes in and bytes out.
//!
//! Every call releases the interpreter and turns a panic into an error: the work runs on other
//! threads, which this one waits for while it watches for signals. What takes long (loading,
//! proving, multiples of the generators) stops soon after one; what is done at once (a point that
//! is decoded) stays on the thread that asks.

use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{mpsc, Arc, Mutex, PoisonError};
use std::time::Duration;

use ark_bn254::Fr;
use ark_ff::BigInt;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::affine::Affine;
use crate::babyjubjub;
use crate::bytes::{integer, scalars, write_fr, write_g1, write_g2, ELEMENT};
use crate::errors::{refuse, Kind, Outcome, Refusal};
use crate::loading::{self, LoadedKey};
use crate::setup;
use crate::sums;
use crate::tape;
use crate::verify;

/// How often a waiting call looks for a signal.
const POLL: Duration = Duration::from_millis(20);

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<ProvingKey>()?;
    module.add_class::<VerifyingKey>()?;
    module.add_class::<Program>()?;
    module.add_function(wrap_pyfunction!(multiples_g1, module)?)?;
    module.add_function(wrap_pyfunction!(multiples_g2, module)?)?;
    module.add_function(wrap_pyfunction!(combine_g1, module)?)?;
    module.add_function(wrap_pyfunction!(combine_g2, module)?)?;
    module.add_function(wrap_pyfunction!(kernel_name, module)?)?;
    module.add_function(wrap_pyfunction!(seconds_per_addition, module)?)?;
    module.add_function(wrap_pyfunction!(combine, module)?)?;
    module.add_function(wrap_pyfunction!(add_all, module)?)?;
    module.add_function(wrap_pyfunction!(decode_point, module)?)?;
    module.add_function(wrap_pyfunction!(first_outside, module)?)?;
    module.add_function(wrap_pyfunction!(check_proof, module)?)?;
    Ok(())
}

#[pyclass(frozen)]
struct ProvingKey {
    key: LoadedKey,
}

#[pymethods]
impl ProvingKey {
    #[new]
    fn new(py: Python<'_>, zkey: &[u8], table_bytes: usize) -> PyResult<Self> {
        Ok(ProvingKey { key: call(py, |cancelled| LoadedKey::load(zkey, table_bytes, cancelled))? })
    }

    /// Maps a file, and its tables if they lie beside it; where they do not, makes and keeps them.
    #[staticmethod]
    fn open(py: Python<'_>, path: PathBuf, table_bytes: usize) -> PyResult<Self> {
        Ok(ProvingKey {
            key: call(py, |cancelled| LoadedKey::open(&path, table_bytes, cancelled))?,
        })
    }

    #[getter]
    fn wires(&self) -> usize {
        self.key.prover.wires()
    }

    /// The points of the verifying key, as `VerifyingKey` takes them; checked.
    #[getter]
    fn verifying_key<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.key.verifying_key)
    }

    /// Section 10 of the file.
    #[getter]
    fn ceremony<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.key.ceremony)
    }

    /// What whoever opens the key should know of its tables, a line each.
    #[getter]
    fn notices(&self) -> Vec<String> {
        self.key.notices.clone()
    }

    fn prove<'py>(
        &self,
        py: Python<'py>,
        witness: &[u8],
        r: &[u8],
        s: &[u8],
    ) -> PyResult<Bound<'py, PyBytes>> {
        let proof = call(py, |cancelled| {
            let witness = exactly(witness, "witness", self.key.prover.wires())?;
            let (r, s) = (one(r, "blinding r")?, one(s, "blinding s")?);
            Ok(self.key.prover.prove(&witness, r, s, cancelled))
        })?;
        Ok(PyBytes::new(py, &proof))
    }

    /// Where the time of a proof goes.
    fn profile(&self, py: Python<'_>, witness: &[u8]) -> PyResult<Profile> {
        call(py, |_| {
            let witness = exactly(witness, "witness", self.key.prover.wires())?;
            let stages = self.key.prover.profile(&witness, Fr::from(5u64), Fr::from(7u64));
            Ok(stages.iter().map(|s| (s.name, s.seconds, s.additions)).collect())
        })
    }
}

/// (stage, seconds, group additions) of one proof.
type Profile = Vec<(&'static str, f64, usize)>;

#[pyclass(frozen)]
struct VerifyingKey {
    verifier: verify::Verifier,
}

#[pymethods]
impl VerifyingKey {
    #[new]
    fn new(py: Python<'_>, points: &[u8]) -> PyResult<Self> {
        let verifier = call(py, |_| verify::Verifier::decode(points))?;
        Ok(VerifyingKey { verifier })
    }

    fn verify(&self, py: Python<'_>, public: &[u8], proof: &[u8]) -> PyResult<()> {
        call(py, |_| {
            let public = exactly(public, "public inputs", self.verifier.public())?;
            self.verifier.verify(&public, &one_proof(proof)?)
        })
    }

    fn verify_batch(
        &self,
        py: Python<'_>,
        publics: &[u8],
        proofs: &[u8],
        rho: &[u8],
    ) -> PyResult<()> {
        call(py, |_| {
            let proofs = verify::decode_proofs(proofs)?;
            let count = proofs.len() * self.verifier.public();
            let publics = exactly(publics, "public inputs", count)?;
            let rho = exactly(rho, "coefficients", proofs.len())?;
            self.verifier.verify_batch(&publics, &proofs, &rho)
        })
    }
}

#[pyclass(frozen)]
struct Program {
    program: tape::Program,
}

#[pymethods]
impl Program {
    #[new]
    fn new(py: Python<'_>, encoded: &[u8]) -> PyResult<Self> {
        Ok(Program { program: call(py, |_| tape::Program::decode(encoded))? })
    }

    fn run<'py>(&self, py: Python<'py>, inputs: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
        let registers = call(py, |_| {
            let inputs = exactly(inputs, "inputs", self.program.inputs)?;
            Ok(encode(&self.program.run(&inputs)))
        })?;
        Ok(PyBytes::new(py, &registers))
    }

    /// The witness, and the index of the first constraint that is broken, if one is.
    fn solve<'py>(
        &self,
        py: Python<'py>,
        inputs: &[u8],
    ) -> PyResult<(Bound<'py, PyBytes>, Option<usize>)> {
        let (witness, violation) = call(py, |_| {
            let inputs = exactly(inputs, "inputs", self.program.inputs)?;
            let registers = self.program.run(&inputs);
            let violation = self.program.first_violation(&registers);
            Ok((encode(&self.program.witness(&registers)), violation))
        })?;
        Ok((PyBytes::new(py, &witness), violation))
    }
}

/// k·G₁ for each scalar, 64 bytes each.
#[pyfunction]
fn multiples_g1<'py>(py: Python<'py>, scalars: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    let points = call(py, |cancelled| {
        let points = setup::multiples_g1(&self::scalars(scalars, "scalars")?, cancelled);
        Ok(concatenated(&points, write_g1))
    })?;
    Ok(PyBytes::new(py, &points))
}

/// k·G₂ for each scalar, 128 bytes each.
#[pyfunction]
fn multiples_g2<'py>(py: Python<'py>, scalars: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    let points = call(py, |cancelled| {
        let points = setup::multiples_g2(&self::scalars(scalars, "scalars")?, cancelled);
        Ok(concatenated(&points, write_g2))
    })?;
    Ok(PyBytes::new(py, &points))
}

/// Σ scalar·point in G1, 64 bytes a point.
#[pyfunction]
fn combine_g1<'py>(
    py: Python<'py>,
    points: &[u8],
    scalars: &[u8],
) -> PyResult<Bound<'py, PyBytes>> {
    let sum = call(py, |_| sums::combine_g1(points, &self::scalars(scalars, "scalars")?))?;
    Ok(PyBytes::new(py, &concatenated(&[sum], write_g1)))
}

/// Σ scalar·point in G2, 128 bytes a point.
#[pyfunction]
fn combine_g2<'py>(
    py: Python<'py>,
    points: &[u8],
    scalars: &[u8],
) -> PyResult<Bound<'py, PyBytes>> {
    let sum = call(py, |_| sums::combine_g2(points, &self::scalars(scalars, "scalars")?))?;
    Ok(PyBytes::new(py, &concatenated(&[sum], write_g2)))
}

/// The kernel that this processor proves with.
#[pyfunction]
fn kernel_name() -> &'static str {
    loading::kernel_name()
}

/// Seconds of one batched addition on one core, in G1 and in G2.
#[pyfunction]
fn seconds_per_addition(py: Python<'_>) -> PyResult<(f64, f64)> {
    call(py, |_| Ok(loading::seconds_per_addition()))
}

/// Σ scalar·point on Baby Jubjub; points are (x, y) of 32 bytes each.
#[pyfunction]
fn combine<'py>(
    py: Python<'py>,
    points: &[u8],
    magnitudes: &[u8],
) -> PyResult<Bound<'py, PyBytes>> {
    let point = call(py, |_| babyjubjub::combine(&pairs(points)?, &integers(magnitudes)?))?;
    Ok(PyBytes::new(py, &encode(&[point.0, point.1])))
}

/// Σ points on Baby Jubjub.
#[pyfunction]
fn add_all<'py>(py: Python<'py>, points: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    let point = call(py, |_| Ok(babyjubjub::add_all(&pairs(points)?)))?;
    Ok(PyBytes::new(py, &encode(&[point.0, point.1])))
}

/// The point of Baby Jubjub with this encoding, as (x, y) of 32 bytes each; in the subgroup.
#[pyfunction]
fn decode_point<'py>(py: Python<'py>, data: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    let point = briefly(py, || babyjubjub::decode(data))?;
    Ok(PyBytes::new(py, &encode(&[point.0, point.1])))
}

/// The index of the first (x, y) that is no point of Baby Jubjub's subgroup, if one is none.
#[pyfunction]
fn first_outside(py: Python<'_>, points: &[u8]) -> PyResult<Option<usize>> {
    call(py, |_| Ok(babyjubjub::first_outside(&pairs(points)?)))
}

/// Refuses what is not one proof with each point on its curve and in its subgroup.
#[pyfunction]
fn check_proof(py: Python<'_>, data: &[u8]) -> PyResult<()> {
    call(py, |_| one_proof(data).map(|_| ()))
}

/// Runs the work without the interpreter; a signal cancels it, a panic becomes an error.
fn call<T: Send>(
    py: Python<'_>,
    work: impl FnOnce(&AtomicBool) -> Outcome<T> + Send,
) -> PyResult<T> {
    let threads = threads().map_err(|refusal| to_python(py, &refusal))?;
    let cancelled = AtomicBool::new(false);
    let (sender, mut receiver) = mpsc::channel();
    threads.in_place_scope(|scope| {
        let flag = &cancelled;
        scope.spawn(move |_| {
            let result = catch_unwind(AssertUnwindSafe(|| work(flag)));
            // The receiver outlives this scope, so sending cannot fail.
            let _ = sender.send(result);
        });
        let mut interrupted = None;
        loop {
            let (returned, message) = py.detach(move || {
                let message = receiver.recv_timeout(POLL);
                (receiver, message)
            });
            receiver = returned;
            match message {
                Ok(result) => return interrupted.map_or_else(|| conclude(py, result), Err),
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    if let Err(signal) = py.check_signals() {
                        cancelled.store(true, Ordering::Relaxed);
                        interrupted = Some(signal);
                    }
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => {
                    return Err(PyRuntimeError::new_err("the native backend lost its worker"));
                }
            }
        }
    })
}

/// The same on this thread, for work of microseconds that asks for no others: to wake one would
/// take as long.
fn briefly<T: Send>(py: Python<'_>, work: impl FnOnce() -> Outcome<T> + Send) -> PyResult<T> {
    let result = py.detach(|| catch_unwind(AssertUnwindSafe(work)));
    conclude(py, result)
}

/// The threads that work for this process, made when they are first asked for.
///
/// A fork takes no threads along, so that a child which waited for its parent's would wait for
/// ever: it makes its own.
fn threads() -> Outcome<Arc<ThreadPool>> {
    static THREADS: Mutex<Option<(u32, Arc<ThreadPool>)>> = Mutex::new(None);
    let mut made = THREADS.lock().unwrap_or_else(PoisonError::into_inner);
    let process = std::process::id();
    if let Some((owner, threads)) = &*made {
        if *owner == process {
            return Ok(Arc::clone(threads));
        }
    }
    match ThreadPoolBuilder::new().build() {
        Ok(threads) => {
            let threads = Arc::new(threads);
            // Forgotten and not dropped: dropping a pool waits for threads that are not here.
            std::mem::forget(made.replace((process, Arc::clone(&threads))));
            Ok(threads)
        }
        Err(error) => refuse(Kind::Conflict, "native backend", "threads to work on", error),
    }
}

fn conclude<T>(py: Python<'_>, result: std::thread::Result<Outcome<T>>) -> PyResult<T> {
    match result {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(refusal)) => Err(to_python(py, &refusal)),
        Err(_) => Err(PyRuntimeError::new_err("the native backend failed: this is a defect in it")),
    }
}

/// The exception of `zk.errors` with the same three parts.
fn to_python(py: Python<'_>, refusal: &Refusal) -> PyErr {
    let build = || -> PyResult<PyErr> {
        let class = py.import("zk.errors")?.getattr(format!("{:?}", refusal.kind).as_str())?;
        let parts = PyDict::new(py);
        parts.set_item("expected", &refusal.expected)?;
        parts.set_item("actual", &refusal.actual)?;
        let error = class.call((refusal.subject.as_str(),), Some(&parts))?;
        Ok(PyErr::from_value(error))
    };
    build().unwrap_or_else(|error| error)
}

fn exactly(data: &[u8], subject: &'static str, count: usize) -> Outcome<Vec<Fr>> {
    if data.len() != count * ELEMENT {
        let found = format!("{} values", data.len() / ELEMENT);
        return refuse(Kind::Conflict, subject, format!("{count} values"), found);
    }
    scalars(data, subject)
}

fn one(data: &[u8], subject: &'static str) -> Outcome<Fr> {
    Ok(exactly(data, subject, 1)?[0])
}

fn one_proof(data: &[u8]) -> Outcome<verify::Proof> {
    match verify::decode_proofs(data)?.as_slice() {
        [proof] => Ok(*proof),
        other => refuse(Kind::Malformed, "proof", "one proof", other.len()),
    }
}

fn pairs(data: &[u8]) -> Outcome<Vec<(Fr, Fr)>> {
    let values = scalars(data, "points")?;
    if values.len() % 2 == 1 {
        return refuse(Kind::Malformed, "points", "pairs of coordinates", values.len());
    }
    Ok(values.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect())
}

fn integers(data: &[u8]) -> Outcome<Vec<BigInt<4>>> {
    let chunks = data.chunks(ELEMENT).map(|chunk| match chunk.try_into() {
        Ok(bytes) => Ok(integer(bytes)),
        Err(_) => refuse(Kind::Malformed, "scalars", "32 bytes each", chunk.len()),
    });
    chunks.collect()
}

fn encode(values: &[Fr]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(values.len() * ELEMENT);
    for value in values {
        write_fr(value, &mut bytes);
    }
    bytes
}

fn concatenated<F>(points: &[Affine<F>], write: fn(&Affine<F>, &mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    for point in points {
        write(point, &mut bytes);
    }
    bytes
}
