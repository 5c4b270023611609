"""A runner as people write them: it submits a custom job with Google's own package and ends."""

import os
import sys

from google.cloud import aiplatform

POOLS = [
    {
        "machine_spec": {"machine_type": "n1-standard-4"},
        "replica_count": 1,
        "container_spec": {"image_uri": "us-docker.pkg.dev/p/train/image:latest"},
    }
]

aiplatform.init(
    project=os.environ["GOOGLE_CLOUD_PROJECT"],
    location=os.environ["GOOGLE_CLOUD_REGION"],
    api_transport="rest",
    api_endpoint=os.environ["LIFTOFF_EMULATOR"],
    staging_bucket="gs://bucket",
)
job = aiplatform.CustomJob(
    display_name=" ".join(["trained", *sys.argv[1:]]),
    worker_pool_specs=POOLS,
    labels={"cloud-run-execution": os.environ["CLOUD_RUN_EXECUTION"]},
)
job.submit()
