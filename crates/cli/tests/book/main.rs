//! The book in `book/`: its commands print what stands there, its numbers are the program's, its links lead somewhere.
//!
//! With FEEDFORWARD_WRITE_BOOK=1 the outputs and the table of functions are written instead of compared.

mod chapters;
mod console;
mod functions;
mod numbers;
