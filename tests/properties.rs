//! What must hold for any text, corpus and parameters.
#![allow(clippy::unwrap_used)]

#[path = "properties/determinism.rs"]
mod determinism;
#[path = "properties/evidence.rs"]
mod evidence;
#[path = "properties/features.rs"]
mod features;
#[path = "properties/generate.rs"]
mod generate;
#[path = "properties/hostile.rs"]
mod hostile;
#[path = "properties/leakage.rs"]
mod leakage;
#[path = "properties/predictions.rs"]
mod predictions;
