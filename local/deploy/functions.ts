/** What is run, and what runs it: functions, the state machine, the schedule. */
import { materialise } from "./assets";
import { compact, pascal, tagList, type Creator, type Creators } from "./types";
import { requireTargets, type Definition } from "../workflow/targets";

const lambdaFunction: Creator = async (inputs, { api }, name) => {
    const FunctionName = String(inputs.name ?? name);
    const { Variables } = { Variables: inputs.environment?.variables };
    const { FunctionArn, CodeSha256 } = await api(
        "lambda",
        "CreateFunction",
        compact({
            FunctionName,
            Role: inputs.role,
            Code: { ZipFile: await materialise(inputs.code) },
            Runtime: inputs.runtime,
            Handler: inputs.handler,
            Description: inputs.description,
            Timeout: inputs.timeout,
            MemorySize: inputs.memorySize,
            Architectures: inputs.architectures,
            Environment: Variables === undefined ? undefined : { Variables },
            KMSKeyArn: inputs.kmsKeyArn,
            TracingConfig: pascal(inputs.tracingConfig),
            DeadLetterConfig: pascal(inputs.deadLetterConfig),
            EphemeralStorage: pascal(inputs.ephemeralStorage),
            LoggingConfig: pascal(inputs.loggingConfig),
            VpcConfig: pascal(inputs.vpcConfig),
            Publish: inputs.publish,
            Tags: inputs.tags,
        }),
    );
    if (inputs.reservedConcurrentExecutions !== undefined) {
        await api("lambda", "PutFunctionConcurrency", {
            FunctionName,
            ReservedConcurrentExecutions: inputs.reservedConcurrentExecutions,
        });
    }
    return {
        id: FunctionName,
        outputs: { name: FunctionName, arn: FunctionArn, codeSha256: CodeSha256 },
    };
};

const permission: Creator = async (inputs, { api }, name) => {
    const StatementId = String(inputs.statementId ?? name);
    await api(
        "lambda",
        "AddPermission",
        compact({
            FunctionName: inputs.function,
            StatementId,
            Action: inputs.action,
            Principal: inputs.principal,
            SourceArn: inputs.sourceArn,
            SourceAccount: inputs.sourceAccount,
        }),
    );
    return { id: StatementId };
};

const stateMachine: Creator = async (inputs, { api }, name) => {
    const machineName = String(inputs.name ?? name);
    requireTargets(JSON.parse(String(inputs.definition)) as Definition);
    const { level, includeExecutionData, logDestination } = inputs.loggingConfiguration ?? {};
    const { stateMachineArn } = await api(
        "sfn",
        "CreateStateMachine",
        compact({
            name: machineName,
            definition: inputs.definition,
            roleArn: inputs.roleArn,
            type: inputs.type,
            loggingConfiguration: compact({
                level,
                includeExecutionData,
                destinations:
                    logDestination === undefined
                        ? undefined
                        : [{ cloudWatchLogsLogGroup: { logGroupArn: logDestination } }],
            }),
            tracingConfiguration: inputs.tracingConfiguration,
            encryptionConfiguration: inputs.encryptionConfiguration,
            publish: inputs.publish,
            tags: tagList(inputs.tags)?.map(({ Key, Value }) => ({ key: Key, value: Value })),
        }),
    );
    return { id: stateMachineArn, outputs: { name: machineName, arn: stateMachineArn } };
};

const scheduleGroup: Creator = async (inputs, { api }, name) => {
    const Name = String(inputs.name ?? name);
    const { ScheduleGroupArn } = await api(
        "scheduler",
        "CreateScheduleGroup",
        compact({ Name, Tags: tagList(inputs.tags) }),
    );
    return { id: Name, outputs: { name: Name, arn: ScheduleGroupArn } };
};

const schedule: Creator = async (inputs, { api }, name) => {
    const Name = String(inputs.name ?? name);
    const { ScheduleArn } = await api(
        "scheduler",
        "CreateSchedule",
        compact({
            Name,
            GroupName: inputs.groupName,
            Description: inputs.description,
            ScheduleExpression: inputs.scheduleExpression,
            ScheduleExpressionTimezone: inputs.scheduleExpressionTimezone,
            State: inputs.state,
            FlexibleTimeWindow: pascal(inputs.flexibleTimeWindow),
            KmsKeyArn: inputs.kmsKeyArn,
            Target: pascal(inputs.target),
        }),
    );
    return {
        id: `${String(inputs.groupName ?? "default")}/${Name}`,
        outputs: { name: Name, arn: ScheduleArn },
    };
};

export const functions: Creators = {
    "aws:lambda/function:Function": lambdaFunction,
    "aws:lambda/permission:Permission": permission,
    "aws:sfn/stateMachine:StateMachine": stateMachine,
    "aws:scheduler/scheduleGroup:ScheduleGroup": scheduleGroup,
    "aws:scheduler/schedule:Schedule": schedule,
};
