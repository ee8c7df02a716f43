//! The program from outside: arguments and files in; output, messages and exit code out.

mod behaviour;
mod cloud;
#[path = "../../../tests/fleet/conformance.rs"]
mod conformance;
mod doctor;
mod examples;
mod explain;
mod feedback;
mod forecast;
#[path = "../../integrity/tests/forge.rs"]
mod forge;
mod formats;
mod history;
mod hostile;
mod manual;
mod real;
mod report;
mod respond;
mod rules;
mod scan;
mod search;
mod shop;
mod simulate;
mod state;
mod story;
mod trouble;
mod verify;
