//! The trailhound command line.
