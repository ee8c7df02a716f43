//! The program from outside: arguments and files in; output, messages and exit code out.

mod behaviour;
#[path = "../../../tests/fleet/conformance.rs"]
mod conformance;
mod examples;
mod explain;
mod formats;
mod hostile;
mod manual;
mod rules;
mod scan;
mod shop;
mod simulate;
mod state;
mod trouble;
