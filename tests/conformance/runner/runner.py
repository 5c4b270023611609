"""A runner that submits a custom job with Google's own SDK, and ends. To be run by the built-in cloud:

    liftoff emulate --exec 'python tests/conformance/runner/runner.py'

The process finds this cloud in its environment (LIFTOFF_EMULATOR, GOOGLE_APPLICATION_CREDENTIALS) and what Cloud Run
sets (CLOUD_RUN_EXECUTION). Its arguments, if any, are the job's display name. The label ties the job to its execution, as queues of W&B Launch can do with a macro.
"""

import os
import sys

from google.cloud import aiplatform

aiplatform.init(
    project=os.environ["GOOGLE_CLOUD_PROJECT"],
    location=os.environ["GOOGLE_CLOUD_REGION"],
    api_transport="rest",
    api_endpoint=os.environ["LIFTOFF_EMULATOR"],
    staging_bucket="gs://nothing-is-written-there",
)
machine = {"machine_type": os.environ.get("MACHINE_TYPE", "n1-standard-4")}
job = aiplatform.CustomJob(
    display_name=" ".join(sys.argv[1:]) or "from-a-real-runner",
    worker_pool_specs=[
        {"machine_spec": machine, "replica_count": 1, "container_spec": {"image_uri": "train:latest"}},
    ],
    labels={"cloud-run-execution": os.environ["CLOUD_RUN_EXECUTION"]},
)
job.submit()
