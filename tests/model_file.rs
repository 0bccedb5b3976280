//! The model file: everything that can be wrong with one has a test, and old ones stay readable.
#![allow(clippy::unwrap_used)]

#[path = "model_file/forge.rs"]
mod forge;
#[path = "model_file/malformed.rs"]
mod malformed;
#[path = "model_file/old.rs"]
mod old;
