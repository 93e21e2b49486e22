//! The processor that a run uses: instructions and threads.

use crate::args::Threads;
use feedforward::kernels::Arch;
use feedforward::training::Machine;
use feedforward::{Error, Result};

/// The environment variable that chooses the instructions.
const VARIABLE: &str = "FEEDFORWARD_ARCH";

/// The instructions of [`VARIABLE`], else the best there are; `--threads`, else all cores.
///
/// # Errors
/// Instructions that this processor does not have; no thread.
pub(crate) fn machine(threads: &Threads) -> Result<Machine> {
    let arch = match std::env::var(VARIABLE) {
        Err(std::env::VarError::NotPresent) => Arch::best(),
        Ok(name) => Arch::parse(&name)?,
        Err(e) => return Err(Error::bad_value(VARIABLE, e, "the name of an instruction set")),
    };
    Ok(Machine { arch, threads: count(threads)? })
}

/// `--threads`, else all cores.
pub(crate) fn count(threads: &Threads) -> Result<usize> {
    match threads.threads {
        Some(0) => Err(Error::bad_value("--threads", 0, "at least 1")),
        Some(n) => Ok(n),
        // A system that does not say how many cores it has gets one thread.
        None => Ok(std::thread::available_parallelism().map_or(1, usize::from)),
    }
}
