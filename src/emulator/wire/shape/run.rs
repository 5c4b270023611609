//! Requests of Cloud Run Admin v2. Source: discovery document `run.v2`, revision 20261031.

use super::{
    Kind::{self, Bool, Duration, Enum, Int32, Int64, Labels, List, Message, Output, Text, Time},
    messages,
};
use crate::emulator::wire::enums::{
    COMMON_REASON, COMPLETION_STATUS, CONDITION_SEVERITY, CONDITION_STATE, EXECUTION_ENVIRONMENT,
    EXECUTION_REASON, FUNCTIONAL_TYPE, IDENTITY_TYPE, INSTANCE_REASON, LAUNCH_STAGE, MEDIUM, REVISION_REASON,
    VPC_EGRESS,
};

const TEXTS: Kind = List(&Text);
const ENV: Kind = List(&Message(&ENV_VAR));
const MOUNTS: Kind = List(&Message(&VOLUME_MOUNT));

messages! {
    "google.cloud.run.v2";

    /// The body of `jobs.create` and `jobs.patch`.
    JOB = "Job" {
        name client clientVersion etag startExecutionToken runExecutionToken: Text;
        labels annotations: Labels;
        launchStage: Enum(&LAUNCH_STAGE);
        functionalType: Enum(&FUNCTIONAL_TYPE);
        binaryAuthorization: Message(&BINARY_AUTHORIZATION);
        template: Message(&EXECUTION_TEMPLATE);
        uid creator lastModifier: Output(&Text);
        generation observedGeneration: Output(&Int64);
        executionCount: Output(&Int32);
        createTime updateTime deleteTime expireTime: Output(&Time);
        reconciling satisfiesPzs: Output(&Bool);
        terminalCondition: Output(&Message(&CONDITION));
        conditions: Output(&List(&Message(&CONDITION)));
        latestCreatedExecution: Output(&Message(&EXECUTION_REFERENCE));
    }
    /// The body of `jobs.run`.
    RUN_JOB = "RunJobRequest" {
        validateOnly: Bool;
        etag: Text;
        overrides: Message(&OVERRIDES);
    }
    /// The body of `executions.cancel`.
    CANCEL_EXECUTION = "CancelExecutionRequest" {
        validateOnly: Bool;
        etag: Text;
    }
    OVERRIDES = "RunJobRequest.Overrides" {
        taskCount: Int32;
        timeout: Duration;
        delayExecution: Bool;
        containerOverrides: List(&Message(&CONTAINER_OVERRIDE));
    }
    CONTAINER_OVERRIDE = "RunJobRequest.Overrides.ContainerOverride" {
        name: Text;
        args: TEXTS;
        clearArgs: Bool;
        env: ENV;
    }
    EXECUTION_TEMPLATE = "ExecutionTemplate" {
        labels annotations: Labels;
        parallelism taskCount: Int32;
        delayExecution: Bool;
        client clientVersion: Text;
        template: Message(&TASK_TEMPLATE);
    }
    TASK_TEMPLATE = "TaskTemplate" {
        containers: List(&Message(&CONTAINER));
        volumes: List(&Message(&VOLUME));
        maxRetries: Int32;
        timeout: Duration;
        serviceAccount encryptionKey: Text;
        executionEnvironment: Enum(&EXECUTION_ENVIRONMENT);
        gpuZonalRedundancyDisabled: Bool;
        nodeSelector: Message(&NODE_SELECTOR);
        vpcAccess: Message(&VPC_ACCESS);
        sandboxes: Message(&SANDBOX_CONFIGURATION);
        workloadIdentityConfig: Message(&WORKLOAD_IDENTITY_CONFIG);
    }
    CONTAINER = "Container" {
        name image workingDir baseImageUri: Text;
        command args dependsOn: TEXTS;
        env: ENV;
        volumeMounts: MOUNTS;
        sandboxLauncher: Bool;
        resources: Message(&RESOURCE_REQUIREMENTS);
        ports: List(&Message(&CONTAINER_PORT));
        livenessProbe startupProbe readinessProbe: Message(&PROBE);
        sourceCode: Message(&SOURCE_CODE);
        buildConfig: Message(&BUILD_CONFIGURATION);
        buildInfo: Output(&Message(&BUILD_INFO));
    }
    ENV_VAR = "EnvVar" { name value: Text; valueSource: Message(&ENV_VAR_SOURCE); }
    ENV_VAR_SOURCE = "EnvVarSource" { secretKeyRef: Message(&SECRET_KEY_SELECTOR); }
    SECRET_KEY_SELECTOR = "SecretKeySelector" { secret version: Text; }
    RESOURCE_REQUIREMENTS = "ResourceRequirements" { limits: Labels; cpuIdle startupCpuBoost: Bool; }
    CONTAINER_PORT = "ContainerPort" { name: Text; containerPort: Int32; }
    PROBE = "Probe" {
        initialDelaySeconds timeoutSeconds periodSeconds failureThreshold: Int32;
        httpGet: Message(&HTTP_GET);
        tcpSocket: Message(&TCP_SOCKET);
        grpc: Message(&GRPC);
    }
    HTTP_GET = "HTTPGetAction" { path: Text; port: Int32; httpHeaders: List(&Message(&HTTP_HEADER)); }
    HTTP_HEADER = "HTTPHeader" { name value: Text; }
    TCP_SOCKET = "TCPSocketAction" { port: Int32; }
    GRPC = "GRPCAction" { port: Int32; service: Text; }
    VOLUME_MOUNT = "VolumeMount" { name mountPath subPath: Text; }
    SOURCE_CODE = "SourceCode" {
        cloudStorageSource: Message(&CLOUD_STORAGE_SOURCE);
        inlinedSource: Message(&INLINED_SOURCE);
    }
    CLOUD_STORAGE_SOURCE = "SourceCode.CloudStorageSource" { bucket object: Text; generation: Int64; }
    INLINED_SOURCE = "SourceCode.InlinedSource" { sources: List(&Message(&SOURCE_FILE)); }
    SOURCE_FILE = "SourceFile" { filename content: Text; }
    BUILD_INFO = "BuildInfo" { functionTarget sourceLocation: Text; }
    BUILD_CONFIGURATION = "BuildConfiguration" {
        imageRepositoryUri serviceAccount: Text;
        tags: TEXTS;
        buildpacksBuild: Message(&BUILDPACKS_BUILD);
        dockerBuild: Message(&DOCKER_BUILD);
        workerConfiguration: Message(&WORKER_CONFIGURATION);
    }
    BUILDPACKS_BUILD = "BuildConfiguration.BuildpacksBuild" {
        buildBaseImageUri cacheImageUri: Text;
        environmentVariables: Labels;
    }
    DOCKER_BUILD = "BuildConfiguration.DockerBuild" {}
    WORKER_CONFIGURATION = "WorkerConfiguration" { cloudBuildWorkerConfiguration: Message(&CLOUD_BUILD_WORKER); }
    CLOUD_BUILD_WORKER = "CloudBuildWorkerConfiguration" { machineType workerPool: Text; }
    VOLUME = "Volume" {
        name: Text;
        secret: Message(&SECRET_VOLUME);
        cloudSqlInstance: Message(&CLOUD_SQL_INSTANCE);
        emptyDir: Message(&EMPTY_DIR);
        nfs: Message(&NFS);
        gcs: Message(&GCS);
        filestore: Message(&FILESTORE);
    }
    SECRET_VOLUME = "SecretVolumeSource" { secret: Text; items: List(&Message(&VERSION_TO_PATH)); defaultMode: Int32; }
    VERSION_TO_PATH = "VersionToPath" { path version: Text; mode: Int32; }
    CLOUD_SQL_INSTANCE = "CloudSqlInstance" { instances: TEXTS; }
    EMPTY_DIR = "EmptyDirVolumeSource" { medium: Enum(&MEDIUM); sizeLimit: Text; }
    NFS = "NFSVolumeSource" { server path: Text; readOnly: Bool; }
    GCS = "GCSVolumeSource" { bucket: Text; readOnly: Bool; mountOptions: TEXTS; }
    FILESTORE = "FilestoreVolumeSource" { volume: Text; }
    NODE_SELECTOR = "NodeSelector" { accelerator: Text; }
    VPC_ACCESS = "VpcAccess" {
        connector: Text;
        egress: Enum(&VPC_EGRESS);
        networkInterfaces: List(&Message(&NETWORK_INTERFACE));
    }
    NETWORK_INTERFACE = "VpcAccess.NetworkInterface" { network subnetwork: Text; tags: TEXTS; }
    SANDBOX_CONFIGURATION = "SandboxConfiguration" { templates: List(&Message(&SANDBOX_TEMPLATE)); }
    SANDBOX_TEMPLATE = "SandboxTemplate" {
        name image workingDir: Text;
        command args: TEXTS;
        env: ENV;
        volumeMounts: MOUNTS;
    }
    WORKLOAD_IDENTITY_CONFIG = "WorkloadIdentityConfig" {
        identity: Text;
        identityType: Enum(&IDENTITY_TYPE);
        identityCertificateEnabled: Bool;
    }
    BINARY_AUTHORIZATION = "BinaryAuthorization" { useDefault: Bool; policy breakglassJustification: Text; }
    CONDITION = "Condition" {
        type message: Text;
        state: Enum(&CONDITION_STATE);
        lastTransitionTime: Time;
        severity: Enum(&CONDITION_SEVERITY);
        reason: Enum(&COMMON_REASON);
        revisionReason: Enum(&REVISION_REASON);
        executionReason: Enum(&EXECUTION_REASON);
        instanceReason: Enum(&INSTANCE_REASON);
    }
    EXECUTION_REFERENCE = "ExecutionReference" {
        name: Text;
        createTime completionTime deleteTime: Time;
        completionStatus: Enum(&COMPLETION_STATUS);
    }
}

messages! {
    "google.longrunning";

    /// The body of `operations.wait`.
    WAIT_OPERATION = "WaitOperationRequest" { timeout: Duration; }
}
