//! The reader's behaviour on blocks, dumps and duplicates.
