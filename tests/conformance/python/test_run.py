"""google-cloud-run: a job's life, from `run_job` to the deleted execution."""

import pytest
from google.api_core import exceptions
from google.cloud import run_v2
from google.longrunning import operations_pb2
from google.protobuf import duration_pb2

STATES = run_v2.Condition.State
REASONS = run_v2.Condition.ExecutionReason


def start(run, parent, job="tour-success", **overrides):
    """Runs a job; the operation and the execution's full name."""
    request = run_v2.RunJobRequest(name=f"{parent}/jobs/{job}", overrides=overrides or None)
    operation = run.jobs.run_job(request=request)
    return operation, operation.metadata.name


def finished(run, parent, job="tour-success", **overrides):
    """Runs a job to its end; the execution."""
    return start(run, parent, job, **overrides)[0].result(timeout=60)


def condition(resource, kind):
    return next(one for one in resource.conditions if one.type_ == kind)


def test_a_run_can_be_waited_for_and_its_execution_read(run, parent):
    operation, name = start(run, parent)
    assert name.startswith(f"{parent}/jobs/tour-success/executions/tour-success-")
    execution = operation.result(timeout=60)
    assert operation.done() and operation.exception() is None
    assert execution.name == name and execution.job == "tour-success"
    assert (execution.task_count, execution.succeeded_count, execution.failed_count) == (1, 1, 0)
    assert not execution.reconciling
    assert execution.create_time <= execution.start_time <= execution.completion_time
    assert condition(execution, "Completed").state == STATES.CONDITION_SUCCEEDED
    assert condition(execution, "Started").state == STATES.CONDITION_SUCCEEDED
    assert condition(execution, "ResourcesAvailable").state == STATES.CONDITION_SUCCEEDED
    assert run.executions.get_execution(name=name) == execution


def test_overrides_are_in_the_execution(run, parent):
    override = run_v2.RunJobRequest.Overrides.ContainerOverride(
        args=["--epochs", "90"], env=[run_v2.EnvVar(name="WANDB_PROJECT", value="other"), run_v2.EnvVar(name="A")]
    )
    execution = finished(
        run, parent, container_overrides=[override], task_count=3, timeout=duration_pb2.Duration(seconds=900)
    )
    (container,) = execution.template.containers
    variables = {variable.name: variable.value for variable in container.env}
    assert list(container.args) == ["--epochs", "90"]
    assert variables["WANDB_PROJECT"] == "other" and variables["A"] == "" and "WANDB_ENTITY" in variables
    assert execution.template.timeout.total_seconds() == 900
    assert (execution.task_count, execution.succeeded_count) == (3, 3)


def test_executions_are_listed_newest_first_page_by_page(run, parent):
    names = [start(run, parent)[1] for _ in range(5)]
    request = run_v2.ListExecutionsRequest(parent=f"{parent}/jobs/tour-success", page_size=2)
    pages = list(run.executions.list_executions(request=request).pages)
    assert [len(page.executions) for page in pages] == [2, 2, 1]
    assert [one.name for page in pages for one in page.executions] == names[::-1]
    everywhere = run.executions.list_executions(parent=f"{parent}/jobs/-")
    assert [one.name for one in everywhere] == names[::-1]
    assert not list(run.executions.list_executions(parent=f"{parent}/jobs/completed"))


def test_tasks_tell_how_their_attempts_ended(run, parent):
    name = finished(run, parent, task_count=3).name
    tasks = list(run.tasks.list_tasks(parent=name))
    short = name.rsplit("/", 1)[1]
    assert [task.name for task in tasks] == [f"{name}/tasks/{short}-task{index}" for index in range(3)]
    assert [task.index for task in tasks] == [0, 1, 2]
    for task in tasks:
        assert task.last_attempt_result.exit_code == 0 and task.last_attempt_result.status.code == 0
        assert condition(task, "Completed").state == STATES.CONDITION_SUCCEEDED
        assert run.tasks.get_task(name=task.name) == task
    everywhere = run.tasks.list_tasks(parent=f"{parent}/jobs/-/executions/-")
    assert {task.name for task in everywhere} == {task.name for task in tasks}


def test_a_failed_execution_says_so_in_both_forms_of_its_operation(run, parent):
    forms = set()
    for _ in range(20):
        operation, name = start(run, parent, "execution-failed")
        try:
            execution = operation.result(timeout=60)
            forms.add("response")
        except exceptions.GoogleAPICallError as error:
            assert "failed" in error.message
            execution = run.executions.get_execution(name=name)
            forms.add("error")
        assert execution.failed_count == 1 and execution.succeeded_count == 0
        completed = condition(execution, "Completed")
        assert completed.state == STATES.CONDITION_FAILED
        assert completed.execution_reason == REASONS.NON_ZERO_EXIT_CODE
        (task,) = run.tasks.list_tasks(parent=name)
        assert task.last_attempt_result.exit_code == 1 and task.last_attempt_result.status.code != 0
        if forms == {"response", "error"}:
            return
    pytest.fail(f"only ever as {forms}")


def test_a_cancelled_execution_ends_without_an_error_and_cannot_be_cancelled_again(slow_run, parent):
    operation, name = start(slow_run, parent, "job-pending")
    assert not operation.done()
    slow_run.executions.cancel_execution(name=name)
    execution = operation.result(timeout=60)
    assert execution.cancelled_count == 1
    completed = condition(execution, "Completed")
    assert (completed.state, completed.execution_reason) == (STATES.CONDITION_FAILED, REASONS.CANCELLED)
    with pytest.raises(exceptions.BadRequest) as refused:
        slow_run.executions.cancel_execution(name=name)
    assert "FAILED_PRECONDITION" in str(refused.value.response.json()["error"]["status"])


def test_a_running_execution_can_be_neither_etag_guessed_nor_validated_away(slow_run, parent):
    _, name = start(slow_run, parent, "job-pending")
    with pytest.raises(exceptions.Conflict) as refused:
        slow_run.executions.cancel_execution(request={"name": name, "etag": '"stale"'})
    assert refused.value.response.json()["error"]["status"] == "ABORTED"
    slow_run.executions.cancel_execution(request={"name": name, "validate_only": True})
    completed = condition(slow_run.executions.get_execution(name=name), "Completed")
    assert completed.execution_reason == REASONS.EXECUTION_REASON_UNDEFINED
    current = slow_run.executions.get_execution(name=name).etag
    slow_run.executions.cancel_execution(request={"name": name, "etag": current}).result(timeout=60)


def test_a_deleted_execution_is_gone_unless_deleted_ones_are_asked_for(run, parent):
    name = finished(run, parent).name
    deleted = run.executions.delete_execution(name=name).result(timeout=60)
    assert deleted.name == name and deleted.delete_time is not None
    with pytest.raises(exceptions.NotFound):
        run.executions.get_execution(name=name)
    job = f"{parent}/jobs/tour-success"
    assert not list(run.executions.list_executions(parent=job))
    request = run_v2.ListExecutionsRequest(parent=job, show_deleted=True)
    assert [one.name for one in run.executions.list_executions(request=request)] == [name]


def test_operations_can_be_read_listed_and_waited_for(slow_run, parent):
    operation, name = start(slow_run, parent, "job-pending")
    proto = operation.operation
    assert slow_run.jobs.get_operation(operations_pb2.GetOperationRequest(name=proto.name)).name == proto.name
    wait = operations_pb2.WaitOperationRequest(name=proto.name, timeout=duration_pb2.Duration(nanos=200_000_000))
    assert not slow_run.jobs.wait_operation(wait).done
    pending = operations_pb2.ListOperationsRequest(name=parent, filter="done:false")
    assert [one.name for one in slow_run.jobs.list_operations(pending).operations] == [proto.name]
    slow_run.executions.cancel_execution(name=name).result(timeout=60)
    done = operations_pb2.WaitOperationRequest(name=proto.name, timeout=duration_pb2.Duration(seconds=30))
    assert slow_run.jobs.wait_operation(done).done
    listed = slow_run.jobs.list_operations(operations_pb2.ListOperationsRequest(name=parent, filter="done:true"))
    assert proto.name in [one.name for one in listed.operations]


def test_a_job_names_its_newest_execution(run, parent):
    execution = finished(run, parent)
    job = run.jobs.get_job(name=f"{parent}/jobs/tour-success")
    status = run_v2.ExecutionReference.CompletionStatus.EXECUTION_SUCCEEDED
    assert job.latest_created_execution.name == execution.name.rsplit("/", 1)[1]
    assert job.latest_created_execution.completion_status == status
    assert job.terminal_condition.state == STATES.CONDITION_SUCCEEDED and job.execution_count == 1
    assert job.template.template.containers[0].image
    request = run_v2.ListJobsRequest(parent=parent, page_size=5)
    names = [one.name for one in run.jobs.list_jobs(request=request)]
    assert job.name in names and len(names) == len(set(names)) > 5


def test_a_run_that_is_only_validated_leaves_nothing(run, parent):
    request = run_v2.RunJobRequest(name=f"{parent}/jobs/tour-success", validate_only=True)
    assert run.jobs.run_job(request=request).result(timeout=10).job == "tour-success"
    assert not list(run.executions.list_executions(parent=f"{parent}/jobs/-"))


def new_job(image="us-docker.pkg.dev/p/launch/agent:1", **template):
    container = run_v2.Container(image=image, args=["--once"], env=[run_v2.EnvVar(name="A", value="1")])
    task = run_v2.TaskTemplate(containers=[container], **template)
    return run_v2.Job(labels={"team": "a"}, template=run_v2.ExecutionTemplate(task_count=2, template=task))


def test_a_job_is_created_changed_run_and_deleted(run, parent):
    wanted = new_job(max_retries=1, timeout=duration_pb2.Duration(seconds=900))
    created = run.jobs.create_job(parent=parent, job=wanted, job_id="made").result(timeout=60)
    assert created.name == f"{parent}/jobs/made" and created.generation == 1 and created.uid
    task = created.template.template
    assert (created.template.task_count, task.max_retries, task.timeout.total_seconds()) == (2, 1, 900)
    assert task.containers[0].image == wanted.template.template.containers[0].image
    assert run.jobs.get_job(name=created.name) == created
    assert created.name in [job.name for job in run.jobs.list_jobs(parent=parent)]

    created.template.template.containers[0].args = ["--twice"]
    changed = run.jobs.update_job(job=created).result(timeout=60)
    assert changed.generation == 2 and changed.uid == created.uid and changed.etag != created.etag
    with pytest.raises(exceptions.Conflict):
        run.jobs.update_job(job=created)  # its etag is the one of before

    _, name = start(run, parent, "made")
    execution = run.executions.get_execution(name=name)
    assert list(execution.template.containers[0].args) == ["--twice"] and execution.task_count == 2

    deleted = run.jobs.delete_job(name=created.name).result(timeout=60)
    assert deleted.name == created.name
    with pytest.raises(exceptions.NotFound):
        run.jobs.get_job(name=created.name)
    with pytest.raises(exceptions.NotFound):
        run.executions.get_execution(name=name)


def test_a_job_that_is_there_already_conflicts_and_one_that_cannot_be_is_refused(run, parent):
    run.jobs.create_job(parent=parent, job=new_job(), job_id="made").result(timeout=60)
    with pytest.raises(exceptions.Conflict) as refused:
        run.jobs.create_job(parent=parent, job=new_job(), job_id="made")
    assert refused.value.response.json()["error"]["status"] == "ALREADY_EXISTS"
    for job_id, job in [("Upper", new_job()), ("", new_job()), ("empty", run_v2.Job()), ("imageless", new_job(image=""))]:
        with pytest.raises(exceptions.BadRequest):
            run.jobs.create_job(parent=parent, job=job, job_id=job_id)
    with pytest.raises(exceptions.NotFound):
        run.jobs.delete_job(name=f"{parent}/jobs/nosuch")
    request = run_v2.CreateJobRequest(parent=parent, job=new_job(), job_id="tried", validate_only=True)
    run.jobs.create_job(request=request)
    with pytest.raises(exceptions.NotFound):
        run.jobs.get_job(name=f"{parent}/jobs/tried")
