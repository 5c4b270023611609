//! Requests of Cloud Logging. Source: discovery document `logging.v2`, revision 20260911.

use super::{
    Kind::{
        self, Any, Bool, Duration, Enum, Int32, Int64, Labels, List, Message, Output, Struct, Text, Time,
    },
    messages,
};
use crate::emulator::wire::enums::SEVERITY;

const TEXTS: Kind = List(&Text);

messages! {
    "google.logging.v2";

    /// The body of `entries.list`.
    LIST_LOG_ENTRIES = "ListLogEntriesRequest" {
        resourceNames projectIds: TEXTS;
        filter orderBy pageToken: Text;
        pageSize: Int32;
    }
    /// The body of `entries.write`.
    WRITE_LOG_ENTRIES = "WriteLogEntriesRequest" {
        logName: Text;
        resource: Message(&MONITORED_RESOURCE);
        labels: Labels;
        entries: List(&Message(&LOG_ENTRY));
        partialSuccess dryRun: Bool;
    }
    LOG_ENTRY = "LogEntry" {
        logName insertId textPayload trace spanId: Text;
        resource: Message(&MONITORED_RESOURCE);
        timestamp: Time;
        severity: Enum(&SEVERITY);
        labels: Labels;
        jsonPayload otel: Struct;
        protoPayload: Any;
        traceSampled: Bool;
        httpRequest: Message(&HTTP_REQUEST);
        operation: Message(&OPERATION);
        sourceLocation: Message(&SOURCE_LOCATION);
        split: Message(&SPLIT);
        receiveTimestamp: Output(&Time);
        errorGroups: Output(&List(&Message(&ERROR_GROUP)));
        metadata: Output(&Message(&RESOURCE_METADATA));
        apphub apphubSource apphubDestination: Output(&Message(&APP_HUB));
    }
    OPERATION = "LogEntryOperation" { id producer: Text; first last: Bool; }
    SOURCE_LOCATION = "LogEntrySourceLocation" { file function: Text; line: Int64; }
    SPLIT = "LogSplit" { uid: Text; index totalSplits: Int32; }
    ERROR_GROUP = "LogErrorGroup" { id: Text; }
    APP_HUB = "AppHub" {
        application: Message(&APP_HUB_APPLICATION);
        service: Message(&APP_HUB_SERVICE);
        workload: Message(&APP_HUB_WORKLOAD);
    }
    APP_HUB_APPLICATION = "AppHub.Application" { container location id: Text; }
    APP_HUB_SERVICE = "AppHub.Service" { id environmentType criticalityType: Text; }
    APP_HUB_WORKLOAD = "AppHub.Workload" { id environmentType criticalityType: Text; }
}

messages! {
    "google.api";

    MONITORED_RESOURCE = "MonitoredResource" { type: Text; labels: Labels; }
    RESOURCE_METADATA = "MonitoredResourceMetadata" { systemLabels: Struct; userLabels: Labels; }
}

messages! {
    "google.logging.type";

    HTTP_REQUEST = "HttpRequest" {
        requestMethod requestUrl userAgent remoteIp serverIp referer protocol: Text;
        requestSize responseSize cacheFillBytes: Int64;
        status: Int32;
        latency: Duration;
        cacheLookup cacheHit cacheValidatedWithOriginServer: Bool;
    }
}
