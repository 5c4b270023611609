//! What is asked of Vertex AI, and how.

use crate::core::ids::{CustomJobName, Scope};
use crate::core::job::JobView;
use crate::gcp::{Gcp, JobsPage};
use crate::hub::Failure;

/// What a list asks of each job. No `jobSpec`: its environment holds API keys.
const FIELDS: &str = "name,displayName,state,createTime,startTime,endTime,updateTime,error,labels";

/// A request of this hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobCall {
    /// A page of the list.
    List {
        /// Where.
        scope: Scope,
        /// Vertex AI's list filter.
        filter: String,
        /// The page.
        token: Option<String>,
    },
    /// One job, whole.
    Fetch(CustomJobName),
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
            Self::List { scope, filter, token } => {
                let answer = gcp
                    .list_custom_jobs(&scope, &filter, token.as_deref(), FIELDS)
                    .await;
                JobReply::Listed(answer.map_err(Failure::from))
            }
            Self::Fetch(name) => {
                let answer = gcp.get_custom_job(&name).await;
                JobReply::Fetched(name, Box::new(answer.map_err(Failure::from)))
            }
        }
    }
}
