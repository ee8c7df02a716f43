//! The program from outside: arguments and files in; output, messages and exit code out.

#[path = "../../../tests/fleet/conformance.rs"]
mod conformance;
mod examples;
mod explain;
mod forecast;
mod formats;
mod hostile;
mod manual;
mod real;
mod report;
mod rules;
mod scan;
mod search;
mod shop;
mod simulate;
mod state;
mod story;
mod trouble;
