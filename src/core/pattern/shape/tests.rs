//! The shapes of lines, and which are which.

use super::*;

#[test]
fn errors_are_known_by_their_form() {
    for error in [
        "google.api_core.exceptions.PermissionDenied: 403 Permission denied",
        "PermissionDenied: 403 Permission",
        "PERMISSION_DENIED: Permission",
        "rejected: 3 INVALID_ARGUMENT: Machine type",
        "Invalid_argument: Machine type",
        "ValueError: no",
        "wandb.errors.CommError",
        "docker.errors.ImageNotFound: 404 no",
        "ERROR: (gcloud.run.deploy) no",
        "fatal: repository not found",
        "❌ Error: no",
        "403 Permission denied",
        "launch failed: 429 RESOURCE_EXHAUSTED",
        "HTTP 403: Forbidden",
        "details = \"no\"",
        "\"message\": \"Quota failure\"",
        "Could not create GcpEnvironment",
        "submit: google.api_core.exceptions.Forbidden: 403",
        "the submit raised CommError: no",
        "token: Post \"https://oauth2.googleapis.com/token\": EOF",
    ] {
        assert!(states_error(error), "{error}");
    }
}

#[test]
fn a_person_is_told_what_happened_and_not_by_which_class() {
    for (message, said) in [
        (
            "google.api_core.exceptions.Forbidden: 403 Access denied",
            "Access denied",
        ),
        (
            "wandb.sdk.launch.errors.LaunchError: ValueError: no bucket",
            "no bucket",
        ),
        ("ValueError: field: not set", "field: not set"),
        ("503 busy", "busy"),
        ("rpc error: code = Unavailable desc = busy", "busy"),
        ("500", "500"),
        ("ValueError: ", "ValueError: "),
        ("Failed to submit: 503 busy", "Failed to submit: 503 busy"),
    ] {
        assert_eq!(without_class(message), said);
    }
}

#[test]
fn words_alone_state_no_error() {
    for plain in [
        "0 failed, 0 errors in 3.21s",
        "mean_squared_error=0.0123",
        "errors.py exceptions.py",
        "Collecting exceptiongroup>=1.0.2",
        "NotFound",
        "ResourceExhausted",
        "500 iterations",
        "Timeout is 30 s",
        "Checking for PermissionDenied: 403 every 5 s",
        "never: [\"PermissionDenied: 403\"]",
        "    - \"PermissionDenied: 403\"",
        "    - google.api_core.exceptions.PermissionDenied",
        "- 'ERROR: no'",
        "- `ValueError: no` is no longer raised",
        "curl -X POST \"https://a/b\": {}",
        "Get \"https://a/b\"",
    ] {
        assert!(!states_error(plain), "{plain}");
    }
}
