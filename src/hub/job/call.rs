//! What is asked of Vertex AI, and how.

use super::board::SharedTexts;
use crate::core::ids::{CustomJobName, Scope};
use crate::core::job::JobView;
use crate::gcp::{Gcp, JobsPage};
use crate::hub::Failure;

/// What a list asks of each job. No `jobSpec`: its environment holds API keys.
const FIELDS: &str = "name,displayName,state,createTime,startTime,endTime,updateTime,error,labels";

/// A request of this hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobCall {
    /// A page of the list. Jobs that read as before are passed over.
    List(ListCall),
    /// One job, whole.
    Fetch(CustomJobName),
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListCall {
    pub(super) scope: Scope,
    /// Vertex AI's list filter.
    pub(super) filter: String,
    pub(super) token: Option<String>,
    pub(super) texts: SharedTexts,
}

/// An answer.
#[derive(Debug)]
pub enum JobReply {
    /// To a list.
    Listed(Result<JobsPage, Failure>),
    /// To a fetch.
    Fetched(CustomJobName, Box<Result<JobView, Failure>>),
}

impl JobCall {
    /// Makes the request.
    pub(super) async fn perform(self, gcp: Gcp) -> JobReply {
        match self {
            Self::List(call) => {
                let known = |text| call.texts.borrow().contains(&text);
                let page =
                    gcp.custom_jobs_page(&call.scope, &call.filter, call.token.as_deref(), FIELDS, &known);
                JobReply::Listed(page.await.map_err(Failure::from))
            }
            Self::Fetch(name) => {
                let answer = gcp.get_custom_job(&name).await;
                JobReply::Fetched(name, Box::new(answer.map_err(Failure::from)))
            }
        }
    }
}
