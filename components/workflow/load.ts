/** The day into the warehouse, and the proof that it got there whole. */
import { putRowsLoaded } from "./gate";
import { callTimeoutSeconds, type WorkflowSpec } from "./spec";
import { poll, pollsExceed, refusal, retrier, task, type States } from "./states";

const intervalSeconds = 5;

/** Faults of the Data API (https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_ExecuteStatement.html). */
const dataApiFaults = [
    "RedshiftData.RedshiftDataException",
    "RedshiftData.ActiveSessionsExceededException",
    "RedshiftData.ActiveStatementsExceededException",
    "RedshiftData.DatabaseConnectionException",
    "RedshiftData.InternalServerException",
    "RedshiftData.SdkClientException",
];

/**
 * Both counts in one statement: of the fact table, and of the files that the catalog points at, through Spectrum. In the
 * lake `dt` is a partition key and text.
 */
export const countRowsSql =
    "select fact.n as redshift_rows, lake.n as spectrum_rows " +
    "from (select count(*) as n from logs.fact_request where dt = cast(:dt as date)) fact " +
    "cross join (select count(*) as n from lake.events where dt = :dt) lake";

/** Runs the Glue job for the day. */
export function loadStates({ partition, jobName, limits }: WorkflowSpec): States {
    return task(partition, "Load", {
        call: "glue:startJobRun.sync",
        parameters: {
            JobName: jobName,
            Arguments: { "--run_id.$": "$.run.runId", "--dt.$": "$.run.dt" },
        },
        timeoutSeconds: limits.loadMinutes * 60,
        // a run that failed is States.TaskFailed, and Glue has tried that again itself
        retry: ["Glue.AWSGlueException", "Glue.OperationTimeoutException"],
        patience: oneRunAtATime(limits.loadMinutes),
        next: "CountRows",
    });
}

/**
 * The job takes one run at a time, so that another day's has to end first. Full jitter waits half of the delay on average:
 * the attempts together last about as long as a load may.
 */
function oneRunAtATime(loadMinutes: number) {
    const delayMinutes = 5;
    return retrier(["Glue.ConcurrentRunsExceededException"], {
        IntervalSeconds: 60,
        MaxAttempts: Math.ceil((2 * loadMinutes) / delayMinutes),
        MaxDelaySeconds: delayMinutes * 60,
    });
}

/** Counts the day's rows in the warehouse and in the lake, and compares them to the manifest. */
export function verifyStates(spec: WorkflowSpec): States {
    const { partition, limits } = spec;
    const seconds = limits.verifyMinutes * 60;
    const status = "$.statement.Status";
    return {
        ...task(partition, "CountRows", {
            call: "aws-sdk:redshiftdata:executeStatement",
            parameters: {
                ClusterIdentifier: spec.clusterIdentifier,
                Database: spec.databaseName,
                Sql: countRowsSql,
                Parameters: [{ Name: "dt", "Value.$": "$.run.dt" }],
                "StatementName.$": "States.Format('verify {}', $.run.runId)",
            },
            timeoutSeconds: callTimeoutSeconds,
            retry: dataApiFaults,
            resultSelector: { "Id.$": "$.Id" },
            resultPath: "$.statement",
            next: "WaitForRows",
        }),
        ...poll({ subject: "Rows", intervalSeconds, ask: "DescribeCounts" }),
        ...task(partition, "DescribeCounts", {
            call: "aws-sdk:redshiftdata:describeStatement",
            parameters: { "Id.$": "$.statement.Id" },
            timeoutSeconds: callTimeoutSeconds,
            retry: dataApiFaults,
            resultPath: "$.statement",
            next: "CountsReady",
        }),
        CountsReady: {
            Type: "Choice",
            Choices: [
                { Variable: status, StringEquals: "FINISHED", Next: "GetCounts" },
                { Variable: status, StringEquals: "FAILED", Next: "CountRowsRefused" },
                { Variable: status, StringEquals: "ABORTED", Next: "CountRowsRefused" },
                { ...pollsExceed("Rows", seconds, intervalSeconds), Next: "CountRowsTimedOut" },
            ],
            Default: "WaitForRows",
        },
        ...refusal(
            "CountRowsRefused",
            "the statement that counts the rows of {} ended as {}",
            "$.run.dt",
            "States.JsonToString($.statement)",
        ),
        ...refusal(
            "CountRowsTimedOut",
            `counting the rows of {} took longer than ${String(limits.verifyMinutes)} minutes`,
            "$.run.dt",
        ),
        ...task(partition, "GetCounts", {
            call: "aws-sdk:redshiftdata:getStatementResult",
            parameters: { "Id.$": "$.statement.Id" },
            timeoutSeconds: callTimeoutSeconds,
            retry: dataApiFaults,
            resultSelector: {
                "redshift.$": "$.Records[0][0].LongValue",
                "spectrum.$": "$.Records[0][1].LongValue",
            },
            resultPath: "$.counts",
            next: "CountsEqual",
        }),
        CountsEqual: {
            Type: "Choice",
            Choices: [
                {
                    And: [equalsEvents("$.counts.redshift"), equalsEvents("$.counts.spectrum")],
                    Next: "PutRowsLoaded",
                },
            ],
            Default: "CountsDiffer",
        },
        ...refusal(
            "CountsDiffer",
            "Spark wrote {} events of {}, Redshift holds {} and Spectrum reads {}",
            "$.manifest.content.events",
            "$.run.dt",
            "$.counts.redshift",
            "$.counts.spectrum",
        ),
        ...putRowsLoaded(spec),
    };
}

function equalsEvents(path: string) {
    return { Variable: path, NumericEqualsPath: "$.manifest.content.events" };
}
