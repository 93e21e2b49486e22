//! Words to standard error.

/// As `eprintln!`, but whoever has closed standard error still gets results and exit code.
macro_rules! tell {
    ($($words:tt)*) => {{
        use std::io::Write as _;
        // There is nowhere left to say that this failed.
        let _ = writeln!(std::io::stderr(), $($words)*);
    }};
}

pub(crate) use tell;
