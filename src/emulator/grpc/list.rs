//! `ListLogEntries`: the REST method, with other messages.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use googleapis_tonic_google_logging_v2::google::logging::v2::{
    ListLogEntriesRequest, ListLogEntriesResponse,
};
use serde_json::json;
use tonic::server::UnaryService;
use tonic::{Request, Response, Status};

use super::{call, entry::log_entry, refusal::grpc};
use crate::emulator::{
    logging,
    server::{Shared, perform},
};

/// The service.
pub(super) struct List {
    pub(super) shared: Arc<Shared>,
}

impl UnaryService<ListLogEntriesRequest> for List {
    type Response = ListLogEntriesResponse;
    type Future = BoxFuture<'static, Result<Response<ListLogEntriesResponse>, Status>>;

    fn call(&mut self, request: Request<ListLogEntriesRequest>) -> Self::Future {
        let shared = Arc::clone(&self.shared);
        Box::pin(async move { list(&shared, request).await })
    }
}

async fn list(
    shared: &Shared,
    request: Request<ListLogEntriesRequest>,
) -> Result<Response<ListLogEntriesResponse>, Status> {
    let (metadata, _, asked) = request.into_parts();
    let body = json!({
        "resourceNames": asked.resource_names, "filter": asked.filter, "orderBy": asked.order_by,
        "pageSize": asked.page_size, "pageToken": asked.page_token,
    });
    let call = call(shared, &logging::list::METHODS[0], &metadata, &body);
    let answer = perform(shared, call).await.map_err(|refusal| grpc(&refusal))?;
    let entries = answer["entries"].as_array().into_iter().flatten();
    Ok(Response::new(ListLogEntriesResponse {
        entries: entries.map(log_entry).collect(),
        next_page_token: answer["nextPageToken"].as_str().unwrap_or_default().to_owned(),
    }))
}
