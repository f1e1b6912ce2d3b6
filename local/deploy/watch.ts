/** What watches and tells: alarms, dashboards, rules, topics, log groups. */
import { compact, pascal, tagList, type Creator, type Creators } from "./types";

const dimensions = (map: Record<string, string> | undefined) =>
    map === undefined ? undefined : Object.entries(map).map(([Name, Value]) => ({ Name, Value }));

function metricQuery({ id, metric, ...query }: any): Record<string, unknown> {
    const { stat, period, unit, ...of } = metric ?? {};
    const Metric = compact({
        ...pascal({ ...of, dimensions: undefined }),
        Dimensions: dimensions(of.dimensions),
    });
    return compact({
        Id: id,
        Expression: query.expression,
        Label: query.label,
        ReturnData: query.returnData,
        Period: query.period,
        AccountId: query.accountId,
        MetricStat:
            metric === undefined
                ? undefined
                : compact({ Metric, Stat: stat, Period: period, Unit: unit }),
    });
}

const metricAlarm: Creator = async (inputs, { api, region, accountId }, name) => {
    const AlarmName = String(inputs.name ?? name);
    await api(
        "cloudwatch",
        "PutMetricAlarm",
        compact({
            AlarmName,
            AlarmDescription: inputs.alarmDescription,
            ActionsEnabled: inputs.actionsEnabled,
            AlarmActions: inputs.alarmActions,
            OKActions: inputs.okActions,
            InsufficientDataActions: inputs.insufficientDataActions,
            ComparisonOperator: inputs.comparisonOperator,
            EvaluationPeriods: inputs.evaluationPeriods,
            DatapointsToAlarm: inputs.datapointsToAlarm,
            Dimensions: dimensions(inputs.dimensions),
            MetricName: inputs.metricName,
            Namespace: inputs.namespace,
            Period: inputs.period,
            Statistic: inputs.statistic,
            ExtendedStatistic: inputs.extendedStatistic,
            EvaluateLowSampleCountPercentile: inputs.evaluateLowSampleCountPercentiles,
            Threshold: inputs.threshold,
            ThresholdMetricId: inputs.thresholdMetricId,
            TreatMissingData: inputs.treatMissingData,
            Unit: inputs.unit,
            Metrics: inputs.metricQueries?.map(metricQuery),
            Tags: tagList(inputs.tags),
        }),
    );
    const arn = `arn:aws:cloudwatch:${region}:${accountId}:alarm:${AlarmName}`;
    return { id: AlarmName, outputs: { name: AlarmName, arn } };
};

const dashboard: Creator = async (inputs, { api, accountId }) => {
    const { dashboardName: DashboardName, dashboardBody: DashboardBody } = inputs;
    await api("cloudwatch", "PutDashboard", { DashboardName, DashboardBody });
    const dashboardArn = `arn:aws:cloudwatch::${accountId}:dashboard/${String(DashboardName)}`;
    return { id: String(DashboardName), outputs: { dashboardArn } };
};

const logGroup: Creator = async (inputs, { api, region, accountId }, name) => {
    const logGroupName = String(inputs.name ?? name);
    await api(
        "cloudwatch-logs",
        "CreateLogGroup",
        compact({
            logGroupName,
            kmsKeyId: inputs.kmsKeyId,
            logGroupClass: inputs.logGroupClass,
            deletionProtectionEnabled: inputs.deletionProtectionEnabled,
            tags: inputs.tags,
        }),
    );
    const { retentionInDays } = inputs;
    if (retentionInDays !== undefined && retentionInDays !== 0) {
        await api("cloudwatch-logs", "PutRetentionPolicy", { logGroupName, retentionInDays });
    }
    const arn = `arn:aws:logs:${region}:${accountId}:log-group:${logGroupName}`;
    return { id: logGroupName, outputs: { name: logGroupName, arn } };
};

const metricFilter: Creator = async (inputs, { api }, name) => {
    const {
        name: metricName,
        namespace,
        value,
        defaultValue,
        unit,
        dimensions: of,
    } = inputs.metricTransformation;
    const transformation = {
        metricName,
        metricNamespace: namespace,
        metricValue: value,
        defaultValue: defaultValue === undefined ? undefined : Number(defaultValue),
        unit,
        dimensions: of,
    };
    await api("cloudwatch-logs", "PutMetricFilter", {
        logGroupName: inputs.logGroupName,
        filterName: inputs.name ?? name,
        filterPattern: inputs.pattern,
        metricTransformations: [compact(transformation)],
    });
    return { id: String(inputs.name ?? name) };
};

const logResourcePolicy: Creator = async (inputs, { api }) => {
    const { policyName, policyDocument } = inputs;
    await api("cloudwatch-logs", "PutResourcePolicy", { policyName, policyDocument });
    return { id: String(policyName) };
};

const rule: Creator = async (inputs, { api }, name) => {
    const Name = String(inputs.name ?? name);
    const { RuleArn } = await api(
        "eventbridge",
        "PutRule",
        compact({
            Name,
            Description: inputs.description,
            EventBusName: inputs.eventBusName,
            EventPattern: inputs.eventPattern,
            ScheduleExpression: inputs.scheduleExpression,
            RoleArn: inputs.roleArn,
            State: inputs.state,
            Tags: tagList(inputs.tags),
        }),
    );
    return { id: Name, outputs: { name: Name, arn: RuleArn } };
};

const ruleTarget: Creator = async (inputs, { api }, name) => {
    const { inputTransformer } = inputs;
    const target = compact({
        Id: inputs.targetId ?? name,
        Arn: inputs.arn,
        RoleArn: inputs.roleArn,
        Input: inputs.input,
        InputPath: inputs.inputPath,
        InputTransformer:
            inputTransformer === undefined
                ? undefined
                : compact({
                      InputPathsMap: inputTransformer.inputPaths,
                      InputTemplate: inputTransformer.inputTemplate,
                  }),
        DeadLetterConfig: pascal(inputs.deadLetterConfig),
        RetryPolicy: pascal(inputs.retryPolicy),
    });
    const { FailedEntryCount, FailedEntries } = await api(
        "eventbridge",
        "PutTargets",
        compact({ Rule: inputs.rule, EventBusName: inputs.eventBusName, Targets: [target] }),
    );
    if (FailedEntryCount > 0)
        throw new Error(`rule ${String(inputs.rule)}: ${JSON.stringify(FailedEntries)}`);
    return { id: `${String(inputs.rule)}-${String(target["Id"])}` };
};

const topic: Creator = async (inputs, { api }, name) => {
    const Name = String(inputs.name ?? name);
    const Attributes = compact({
        KmsMasterKeyId: inputs.kmsMasterKeyId,
        DisplayName: inputs.displayName,
        DeliveryPolicy: inputs.deliveryPolicy,
        Policy: inputs.policy,
        TracingConfig: inputs.tracingConfig,
        SignatureVersion:
            inputs.signatureVersion === undefined ? undefined : String(inputs.signatureVersion),
    });
    const { TopicArn } = await api(
        "sns",
        "CreateTopic",
        compact({ Name, Attributes, Tags: tagList(inputs.tags) }),
    );
    return { id: TopicArn, outputs: { name: Name, arn: TopicArn } };
};

const topicPolicy: Creator = async (inputs, { api }) => {
    const { arn: TopicArn, policy: AttributeValue } = inputs;
    await api("sns", "SetTopicAttributes", { TopicArn, AttributeName: "Policy", AttributeValue });
    return { id: String(TopicArn) };
};

const subscription: Creator = async (inputs, { api }) => {
    const { SubscriptionArn } = await api("sns", "Subscribe", {
        TopicArn: inputs.topic,
        Protocol: inputs.protocol,
        Endpoint: inputs.endpoint,
        Attributes: compact({
            FilterPolicy: inputs.filterPolicy,
            RawMessageDelivery: inputs.rawMessageDelivery === true ? "true" : undefined,
            RedrivePolicy: inputs.redrivePolicy,
        }),
        ReturnSubscriptionArn: true,
    });
    return { id: SubscriptionArn, outputs: { arn: SubscriptionArn } };
};

export const watch: Creators = {
    "aws:cloudwatch/metricAlarm:MetricAlarm": metricAlarm,
    "aws:cloudwatch/dashboard:Dashboard": dashboard,
    "aws:cloudwatch/logGroup:LogGroup": logGroup,
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": metricFilter,
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": logResourcePolicy,
    "aws:cloudwatch/eventRule:EventRule": rule,
    "aws:cloudwatch/eventTarget:EventTarget": ruleTarget,
    "aws:sns/topic:Topic": topic,
    "aws:sns/topicPolicy:TopicPolicy": topicPolicy,
    "aws:sns/topicSubscription:TopicSubscription": subscription,
};
