//! Base URLs that replace Google's. Only their form is checked here; which hosts may receive a token is decided where
//! they are used, by [`super::Origin::is_users_own`].

use super::value::Wrong;

/// Reads a base URL: `http` or `https`, a host, and no user name or password, which would end up in output.
pub(super) fn base_url(text: &str) -> Result<String, Wrong> {
    let wrong = || Wrong::expected("a base URL such as https://us-central1-aiplatform.googleapis.com/");
    let parsed = url::Url::parse(text).map_err(|_| wrong())?;
    if !matches!(parsed.scheme(), "http" | "https") || !parsed.has_host() {
        return Err(wrong());
    }
    if !parsed.username().is_empty() || parsed.password().is_some() {
        return Err(Wrong::new("an endpoint must not hold a user name or password"));
    }
    if parsed.query().is_some() || parsed.fragment().is_some() {
        return Err(Wrong::new("an endpoint has no query and no fragment"));
    }
    Ok(parsed.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_plain_base_urls() {
        assert_eq!(
            base_url("http://127.0.0.1:8080").as_deref(),
            Ok("http://127.0.0.1:8080/")
        );
        assert_eq!(
            base_url("https://run.googleapis.com/").as_deref(),
            Ok("https://run.googleapis.com/")
        );
        for bad in [
            "",
            "run.googleapis.com",
            "ftp://x/",
            "file:///etc/passwd",
            "https://u:hunter2@x/",
            "https://x/?key=hunter2",
            "https://",
        ] {
            let error = base_url(bad).unwrap_err().to_string();
            assert!(!error.contains("hunter2"), "{bad}: {error}");
        }
    }
}
