//! Requests of Vertex AI. Source: discovery document `aiplatform.v1`, revision 20261106.

use super::{
    Kind::{self, Any, Bool, Duration, Enum, Int32, Int64, Labels, List, Message, Output, Text, Time},
    messages,
};
use crate::emulator::wire::enums::{ACCELERATORS, JOB_STATE, RESERVATION_AFFINITY, STRATEGY};

const TEXTS: Kind = List(&Text);
const ENV: Kind = List(&Message(&ENV_VAR));

messages! {
    "google.cloud.aiplatform.v1";

    /// The body of `customJobs.create`.
    CUSTOM_JOB = "CustomJob" {
        displayName: Text;
        jobSpec: Message(&JOB_SPEC);
        labels: Labels;
        encryptionSpec: Message(&ENCRYPTION_SPEC);
        name: Output(&Text);
        state: Output(&Enum(&JOB_STATE));
        createTime startTime endTime updateTime: Output(&Time);
        error: Output(&Message(&STATUS));
        webAccessUris: Output(&Labels);
        satisfiesPzs satisfiesPzi: Output(&Bool);
    }
    /// The body of `customJobs.cancel`.
    CANCEL_CUSTOM_JOB = "CancelCustomJobRequest" {}
    JOB_SPEC = "CustomJobSpec" {
        workerPoolSpecs: List(&Message(&WORKER_POOL));
        scheduling: Message(&SCHEDULING);
        persistentResourceId serviceAccount network tensorboard experiment experimentRun protectedArtifactLocationId: Text;
        enableWebAccess enableDashboardAccess: Bool;
        reservedIpRanges models: TEXTS;
        baseOutputDirectory: Message(&GCS_DESTINATION);
        pscInterfaceConfig: Message(&PSC_INTERFACE);
    }
    WORKER_POOL = "WorkerPoolSpec" {
        replicaCount: Int64;
        machineSpec: Message(&MACHINE);
        containerSpec: Message(&CONTAINER);
        pythonPackageSpec: Message(&PYTHON_PACKAGE);
        diskSpec: Message(&DISK);
        nfsMounts: List(&Message(&NFS_MOUNT));
        lustreMounts: List(&Message(&LUSTRE_MOUNT));
    }
    MACHINE = "MachineSpec" {
        machineType tpuTopology gpuPartitionSize: Text;
        acceleratorType: Enum(&ACCELERATORS);
        acceleratorCount: Int32;
        reservationAffinity: Message(&AFFINITY);
    }
    AFFINITY = "ReservationAffinity" { reservationAffinityType: Enum(&RESERVATION_AFFINITY); key: Text; values: TEXTS; }
    CONTAINER = "ContainerSpec" { imageUri: Text; command args: TEXTS; env: ENV; }
    PYTHON_PACKAGE = "PythonPackageSpec" { executorImageUri pythonModule: Text; packageUris args: TEXTS; env: ENV; }
    ENV_VAR = "EnvVar" { name value: Text; }
    DISK = "DiskSpec" { bootDiskType: Text; bootDiskSizeGb: Int32; }
    NFS_MOUNT = "NfsMount" { server path mountPoint: Text; }
    LUSTRE_MOUNT = "LustreMount" { instanceIp volumeHandle filesystem mountPoint: Text; }
    SCHEDULING = "Scheduling" {
        timeout maxWaitDuration: Duration;
        restartJobOnWorkerRestart disableRetries: Bool;
        strategy: Enum(&STRATEGY);
    }
    GCS_DESTINATION = "GcsDestination" { outputUriPrefix: Text; }
    PSC_INTERFACE = "PscInterfaceConfig" { networkAttachment: Text; dnsPeeringConfigs: List(&Message(&DNS_PEERING)); }
    DNS_PEERING = "DnsPeeringConfig" { domain targetProject targetNetwork: Text; }
    ENCRYPTION_SPEC = "EncryptionSpec" { kmsKeyName: Text; }
}

messages! {
    "google.rpc";

    STATUS = "Status" { code: Int32; message: Text; details: List(&Any); }
}
