//! Where in a request something is, in Google's spelling: `job.template.containers[0].image_uri`. It costs nothing until it is written.

use std::fmt::{self, Display, Formatter};

/// A place, by the way that leads to it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'a> {
    /// The field of the request that the body is; empty if the body is the request.
    Root(&'a str),
    Field(&'a Place<'a>, &'static str),
    Element(&'a Place<'a>, usize),
}

impl Place<'_> {
    /// ` at 'place'`, and nothing for the request as a whole.
    pub(super) fn at(&self) -> String {
        match self.to_string() {
            place if place.is_empty() => place,
            place => format!(" at '{place}'"),
        }
    }

    /// The name of the field that it is, or is an element of.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Root(name) => (*name).to_owned(),
            Self::Field(_, name) => snake(name),
            Self::Element(list, _) => list.name(),
        }
    }

    /// The message that it is in.
    pub(super) fn parent(&self) -> &Self {
        match self {
            Self::Root(_) => self,
            Self::Field(parent, _) | Self::Element(parent, _) => parent,
        }
    }
}

impl Display for Place<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root(name) => f.write_str(name),
            Self::Field(Place::Root(""), name) => f.write_str(&snake(name)),
            Self::Field(parent, name) => write!(f, "{parent}.{}", snake(name)),
            Self::Element(list, index) => write!(f, "{list}[{index}]"),
        }
    }
}

/// `imageUri` as `image_uri`.
fn snake(name: &str) -> String {
    name.chars()
        .fold(String::with_capacity(name.len() + 4), |mut all, letter| {
            if letter.is_ascii_uppercase() {
                all.push('_');
            }
            all.push(letter.to_ascii_lowercase());
            all
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_written_as_the_protos_spell_it() {
        let job = Place::Root("custom_job");
        let (pools, request) = (Place::Field(&job, "workerPoolSpecs"), Place::Root(""));
        let pool = Place::Element(&pools, 2);
        let disk = Place::Field(&pool, "bootDiskSizeGb");
        assert_eq!(
            disk.to_string(),
            "custom_job.worker_pool_specs[2].boot_disk_size_gb"
        );
        assert_eq!(
            (disk.parent().to_string().as_str(), pool.name().as_str()),
            ("custom_job.worker_pool_specs[2]", "worker_pool_specs")
        );
        assert_eq!(
            (
                Place::Field(&request, "pageSize").at().as_str(),
                request.at().as_str()
            ),
            (" at 'page_size'", "")
        );
    }
}
