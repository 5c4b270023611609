//! The next action for each kind of error: a command where there is one.

use super::super::endpoints::Api;
use super::{ApiError, Call, Denial, Fault, Refusal, TransportKind};

pub(super) fn of(error: &ApiError) -> Option<String> {
    match &*error.fault {
        // Their own texts already say it.
        Fault::Auth(_) | Fault::Endpoint(_) => None,
        Fault::Transport(transport) => Some(of_transport(transport.kind, error.call.api())),
        Fault::Answer(_) => Some("this may pass by itself; check the network if it stays".to_owned()),
        Fault::Refused(refusal) => of_refusal(error, refusal),
    }
}

fn of_transport(kind: TransportKind, api: Api) -> String {
    match kind {
        TransportKind::Dns | TransportKind::Connect => format!(
            "check the network, the proxy (HTTPS_PROXY, NO_PROXY) and {}",
            api.override_variable()
        ),
        TransportKind::Tls => {
            "check this machine's clock and its CA certificates; behind a proxy that opens TLS, \
                               install the proxy's certificate (SSL_CERT_FILE)"
                .to_owned()
        }
        TransportKind::Proxy => "check the address and the credentials in HTTPS_PROXY".to_owned(),
        TransportKind::Timeout | TransportKind::Lost => {
            "this may pass by itself; check the network if it stays".to_owned()
        }
    }
}

fn of_refusal(error: &ApiError, refusal: &Refusal) -> Option<String> {
    if let Some(denial) = refusal.denial() {
        return Some(of_denial(error, refusal, &denial));
    }
    match error.kind() {
        super::ErrorKind::RateLimited => Some(of_quota(error.call, refusal)),
        super::ErrorKind::Auth => Some(
            "sign in again with `gcloud auth application-default login`, or renew CLOUDSDK_AUTH_ACCESS_TOKEN"
                .to_owned(),
        ),
        super::ErrorKind::NotFound => Some(of_missing(error)),
        super::ErrorKind::Transient => Some("this may pass by itself".to_owned()),
        super::ErrorKind::Permanent => None,
    }
}

fn of_denial(error: &ApiError, refusal: &Refusal, denial: &Denial) -> String {
    let project = project(&error.target);
    match denial {
        Denial::Permission(named) => {
            let permission = named.as_deref().unwrap_or(error.call.permission());
            let role = error.call.role();
            format!(
                "grant {permission}, for example: gcloud projects add-iam-policy-binding {project} \
                 --member=user:YOU --role={role}"
            )
        }
        Denial::ServiceDisabled => {
            let service = refusal.metadata("service").unwrap_or(error.call.api().service());
            format!("enable the API: gcloud services enable {service} --project={project}")
        }
        Denial::BillingDisabled => {
            format!(
                "link a billing account: gcloud billing projects link {project} --billing-account=ACCOUNT"
            )
        }
        Denial::QuotaProject => "choose a quota project that you may use: \
                                 gcloud auth application-default set-quota-project PROJECT"
            .to_owned(),
        Denial::Scope => {
            "sign in again with the scope cloud-platform: gcloud auth application-default login \
                          --scopes=https://www.googleapis.com/auth/cloud-platform"
                .to_owned()
        }
    }
}

fn of_quota(call: Call, refusal: &Refusal) -> String {
    if call == Call::RunJob && refusal.reason().is_empty() {
        return "too many requests, or too many executions running: wait for one to end".to_owned();
    }
    let limit = refusal.metadata("quota_limit").unwrap_or("the project's quota");
    let value = refusal.metadata("quota_limit_value");
    let value = value.map_or_else(String::new, |value| format!(" ({value})"));
    format!("{limit}{value} is used up: fewer requests are sent until it recovers")
}

fn of_missing(error: &ApiError) -> String {
    let project = project(&error.target);
    let region = after(&error.target, "locations").unwrap_or("REGION");
    match error.call.api() {
        Api::Run => format!(
            "check name, project and region: gcloud run jobs list --project={project} --region={region}"
        ),
        Api::Vertex => format!(
            "check project and region: gcloud ai custom-jobs list --project={project} --region={region}"
        ),
        Api::Logging => format!("check the project: gcloud projects describe {project}"),
    }
}

fn project(target: &str) -> &str {
    after(target, "projects").unwrap_or("PROJECT")
}

/// The part of a resource name that follows a collection's name.
fn after<'a>(target: &'a str, collection: &str) -> Option<&'a str> {
    let mut parts = target.split('/');
    parts.find(|part| *part == collection)?;
    parts.next().filter(|part| !part.is_empty())
}
