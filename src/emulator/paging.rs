//! Page sizes and page tokens.
//!
//! A token holds where the next page begins and a fingerprint of the request, for Google refuses a token that
//! comes with other parameters than the page before.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::emulator::{chance::Chance, method::Call, status::Status};

/// Which page a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    /// Elements that it may hold.
    pub(crate) size: usize,
    /// The last element of the page before; none for the first page.
    pub(crate) after: Option<String>,
    fingerprint: String,
}

/// What sizes a list takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    /// When none is given, or zero.
    pub(crate) default: usize,
    /// At most.
    pub(crate) max: usize,
}

impl Page {
    /// The page that `pageSize` and `pageToken` of the query ask for. A size over the maximum means the maximum.
    pub(crate) fn of_query(call: &Call, sizes: Sizes, parameters: &[&str]) -> Result<Self, Status> {
        let size = call.query("pageSize").map_or(Ok(0), |text| {
            text.parse().map_err(|_| {
                Status::invalid(format!("Invalid value at 'page_size' (TYPE_INT32), \"{text}\""))
            })
        })?;
        Self::new(
            size,
            call.query("pageToken").unwrap_or_default(),
            sizes,
            parameters,
        )
    }

    /// The page of a size and a token; both may be empty.
    pub(crate) fn new(size: i64, token: &str, sizes: Sizes, parameters: &[&str]) -> Result<Self, Status> {
        let asked = usize::try_from(size).map_err(|_| Status::invalid("page_size must not be negative"))?;
        let size = if asked == 0 {
            sizes.default
        } else {
            asked.min(sizes.max)
        };
        let mut page = Self {
            size,
            after: None,
            fingerprint: fingerprint(parameters),
        };
        if !token.is_empty() {
            page.after = page.read(token)?;
        }
        Ok(page)
    }

    /// The token of the page that begins after `last`; without one, of this page again.
    pub(crate) fn token(&self, last: Option<&str>) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}\n{}", self.fingerprint, last.unwrap_or_default()))
    }

    /// The elements of this page, from those after the page before, and the next page's token (empty at the end).
    pub(crate) fn cut<T>(
        &self,
        rest: impl Iterator<Item = T>,
        key: impl Fn(&T) -> String,
    ) -> (Vec<T>, String) {
        let mut found: Vec<T> = rest.take(self.size + 1).collect();
        let more = found.len() > self.size;
        found.truncate(self.size);
        let last = found.last().filter(|_| more).map(key);
        (
            found,
            last.map_or_else(String::new, |last| self.token(Some(&last))),
        )
    }

    fn read(&self, token: &str) -> Result<Option<String>, Status> {
        let wrong =
            || Status::invalid("page_token is invalid, or belongs to a request with other parameters");
        let text = URL_SAFE_NO_PAD
            .decode(token)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or_else(wrong)?;
        let (fingerprint, after) = text.split_once('\n').ok_or_else(wrong)?;
        if fingerprint != self.fingerprint {
            return Err(wrong());
        }
        Ok(Some(after.to_owned()).filter(|after| !after.is_empty()))
    }
}

fn fingerprint(parameters: &[&str]) -> String {
    format!("{:016x}", Chance::of(&parameters.join("\u{0}")).next())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: Sizes = Sizes {
        default: 50,
        max: 1000,
    };

    #[test]
    fn a_token_leads_on_only_with_the_same_parameters() {
        let first = Page::new(0, "", SIZES, &["p", "filter"]).unwrap();
        assert_eq!((first.size, &first.after), (50, &None));
        let token = first.token(Some("entry-7"));
        assert_eq!(
            Page::new(2, &token, SIZES, &["p", "filter"])
                .unwrap()
                .after
                .as_deref(),
            Some("entry-7")
        );
        assert_eq!(
            Page::new(2, &token, SIZES, &["p", "other"]).unwrap_err().http,
            400
        );
        assert_eq!(
            Page::new(2, "###", SIZES, &["p", "filter"]).unwrap_err().http,
            400
        );
        assert_eq!(
            Page::new(2, &first.token(None), SIZES, &["p", "filter"])
                .unwrap()
                .after,
            None
        );
    }

    #[test]
    fn sizes_are_bounded() {
        assert_eq!(Page::new(5000, "", SIZES, &[]).unwrap().size, 1000);
        assert_eq!(Page::new(-1, "", SIZES, &[]).unwrap_err().http, 400);
    }
}
