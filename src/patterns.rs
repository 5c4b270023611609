//! The built-in patterns: the files of `config/patterns/`, embedded.
//!
//! To add a family, write its file and add its line here; a test fails while the folder and this list differ.
