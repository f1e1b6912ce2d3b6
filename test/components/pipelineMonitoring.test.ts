import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { siteOf } from "../../components/iam";
import { metrics, type Metric } from "../../components/monitoring/metrics";
import {
    alertTopicArn,
    PipelineMonitoring,
    type PipelineMonitoringArgs,
} from "../../components/pipelineMonitoring";
import { stateMachine } from "../../components/workflow/definition";
import { all, deploy, only, parsed, type Resource } from "../support/deploy";
import { expectRejection } from "../support/errors";
import { assertActionsExist } from "../support/iam";
import { specWith } from "../support/stateMachine";

const name = "loglake-dev";
const account = "123456789012";
const region = "eu-west-1";
const topicArn = `arn:aws:sns:${region}:${account}:${name}-alerts`;
const stateMachineArn = `arn:aws:states:${region}:${account}:stateMachine:${name}`;
const known = new Map(Object.values<Metric>(metrics).map((m) => [`${m.namespace} ${m.name}`, m]));

function argsWith(changes: Partial<PipelineMonitoringArgs> = {}): PipelineMonitoringArgs {
    return {
        stateMachineArn,
        crawlerName: `${name}-raw`,
        jobName: `${name}-load`,
        clusterIdentifier: name,
        ...changes,
    };
}

/** With everything that can be watched. */
const everything = { sparkClusterId: "j-9", spectrumUsageLimitId: "limit-1" };

const up = (changes: Partial<PipelineMonitoringArgs> = everything, preview = false) =>
    deploy(() => new PipelineMonitoring(name, argsWith(changes)), { preview });

function alarmsOf(resources: readonly Resource[]): Record<string, any> {
    const found = all(resources, "aws:cloudwatch/metricAlarm:MetricAlarm");
    return Object.fromEntries(
        found.map(({ inputs }) => [String(inputs.name).slice(name.length + 1), inputs]),
    );
}

describe("PipelineMonitoring", () => {
    let resources: readonly Resource[];
    let alarms: Record<string, any>;

    before(async () => {
        ({ resources } = await up());
        alarms = alarmsOf(resources);
    });

    it("holds all it makes as its children", () => {
        const component = only(resources, "loglake:index:PipelineMonitoring");
        const children = resources.filter(
            ({ type, urn }) => type !== "pulumi:pulumi:Stack" && urn !== component.urn,
        );
        expect(children).to.not.be.empty;
        for (const child of children) expect(child.parent, child.name).to.equal(component.urn);
    });

    it("registers the same resources in a preview, when no id is known", async () => {
        const preview = await up(everything, true);
        const names = (found: readonly Resource[]) =>
            found.map(({ type, name }) => `${type} ${name}`);
        expect(names(preview.resources)).to.have.members(names(resources));
    });

    it("fits twice into one stack", async () => {
        const both = await deploy(() => {
            new PipelineMonitoring("one", argsWith());
            new PipelineMonitoring("two", argsWith());
        });
        const urns = both.resources.map(({ urn }) => urn);
        expect(new Set(urns).size).to.equal(urns.length);
    });

    describe("topic", () => {
        it("has the ARN that the workflow is told beforehand", async () => {
            const { result, resources } = await deploy(() => {
                const component = new pulumi.ComponentResource("test:index:Test", "test");
                return {
                    beforehand: alertTopicArn(siteOf(component), name),
                    topicArn: new PipelineMonitoring(name, argsWith()).topicArn,
                };
            });
            expect(only(resources, "aws:sns/topic:Topic").inputs.name).to.equal(`${name}-alerts`);
            expect(await value(result.beforehand)).to.equal(topicArn);
            expect(await value(result.topicArn)).to.equal(topicArn);
        });

        it("is encrypted with a key of its own, which alarms of this account alone may use", () => {
            const key = only(resources, "aws:kms/key:Key");
            const topic = only(resources, "aws:sns/topic:Topic");
            expect(topic.inputs.kmsMasterKeyId).to.equal(key.outputs.arn);
            expect(key.inputs.enableKeyRotation).to.equal(true);
            const { Statement } = parsed(key.inputs.policy);
            expect(Statement.slice(1)).to.deep.equal([
                {
                    Sid: "AlarmsUseKey",
                    Effect: "Allow",
                    Principal: { Service: ["cloudwatch.amazonaws.com"] },
                    Action: ["kms:GenerateDataKey", "kms:Decrypt"],
                    Resource: "*",
                    Condition: fromAlarms,
                },
            ]);
        });

        it("takes messages from alarms of this account, and over TLS only", () => {
            const { policy } = only(resources, "aws:sns/topicPolicy:TopicPolicy").inputs;
            expect(parsed(policy).Statement).to.deep.equal([
                {
                    Sid: "AlarmsPublish",
                    Effect: "Allow",
                    Principal: { Service: ["cloudwatch.amazonaws.com"] },
                    Action: ["sns:Publish"],
                    Resource: topicArn,
                    Condition: fromAlarms,
                },
                {
                    Sid: "TlsOnly",
                    Effect: "Deny",
                    Principal: "*",
                    Action: ["sns:Publish"],
                    Resource: topicArn,
                    Condition: { Bool: { "aws:SecureTransport": "false" } },
                },
            ]);
        });

        it("sends every message to each address", async () => {
            const { resources } = await up({ alertEmails: ["a@example.com", "b@example.com"] });
            const subscriptions = all(resources, "aws:sns/topicSubscription:TopicSubscription");
            expect(subscriptions.map(({ inputs }) => inputs)).to.deep.equal(
                ["a@example.com", "b@example.com"].map((endpoint) => ({
                    topic: topicArn,
                    protocol: "email",
                    endpoint,
                })),
            );
        });
    });

    describe("alarms", () => {
        it("are these, where everything can be watched", () => {
            expect(Object.keys(alarms)).to.have.members([
                "execution-failed",
                "execution-timed-out",
                "execution-aborted",
                "schedule-dropped",
                "nothing-succeeded",
                "zero-events",
                "quarantine-ratio",
                "cluster-idle",
                "cluster-unhealthy",
                "redshift-unhealthy",
                "redshift-disk",
                "redshift-connections",
                "spectrum-usage",
            ]);
        });

        it("name only metrics of the table, with exactly their dimensions", () => {
            for (const [suffix, alarm] of Object.entries(alarms)) {
                const metric = known.get(`${alarm.namespace} ${alarm.metricName}`);
                expect(metric, suffix).to.not.equal(undefined);
                expect(Object.keys(alarm.dimensions), suffix).to.have.members([
                    ...(metric?.dimensions ?? []),
                ]);
            }
        });

        it("tell the topic when they fire and when all is well, and what they make of silence", () => {
            for (const [suffix, alarm] of Object.entries(alarms)) {
                expect(alarm.alarmActions, suffix).to.deep.equal([topicArn]);
                expect(alarm.okActions, suffix).to.deep.equal([topicArn]);
                expect(alarm.treatMissingData, suffix).to.be.oneOf(["breaching", "notBreaching"]);
                expect(alarm.alarmDescription, suffix).to.contain(name);
            }
        });

        it("look back no further than CloudWatch can", () => {
            for (const [suffix, alarm] of Object.entries(alarms)) {
                const day = 24 * 60 * 60;
                const limit = alarm.period < 3600 ? day : 7 * day;
                expect(alarm.period * alarm.evaluationPeriods, suffix).to.be.at.most(limit);
            }
        });

        // the worst that one failure, or one silence, can leave behind, and the best of a good time
        const cases: Record<
            string,
            { fires: (number | undefined)[]; quiet: (number | undefined)[] }
        > = {
            "execution-failed": { fires: [1], quiet: [0, undefined] },
            "execution-timed-out": { fires: [1], quiet: [0, undefined] },
            "execution-aborted": { fires: [1], quiet: [0, undefined] },
            "schedule-dropped": { fires: [1], quiet: [0, undefined] },
            "nothing-succeeded": { fires: [0, undefined], quiet: [1] },
            "zero-events": { fires: [0], quiet: [1, undefined] },
            "quarantine-ratio": { fires: [0.0501, 1], quiet: [0.05, 0, undefined] },
            "cluster-idle": { fires: [1], quiet: [0, undefined] },
            "cluster-unhealthy": { fires: [1], quiet: [0, undefined] },
            "redshift-unhealthy": { fires: [0, undefined], quiet: [1] },
            "redshift-disk": { fires: [80, 100], quiet: [79.9, undefined] },
            "redshift-connections": { fires: [400], quiet: [399, undefined] },
            "spectrum-usage": { fires: [1], quiet: [0, undefined] },
        };
        for (const [suffix, { fires, quiet }] of Object.entries(cases)) {
            it(`${suffix} fires on ${fires.map(String).join(" and ")} and not on ${quiet.map(String).join(" or ")}`, () => {
                expect(fires.map((datum) => breaches(alarms[suffix], datum))).to.not.include(false);
                expect(quiet.map((datum) => breaches(alarms[suffix], datum))).to.not.include(true);
            });
        }

        for (const suffix of [
            "execution-failed",
            "execution-timed-out",
            "execution-aborted",
            "schedule-dropped",
            "zero-events",
            "quarantine-ratio",
        ]) {
            it(`${suffix} fires on the first`, () => {
                expect(alarms[suffix].evaluationPeriods).to.equal(1);
                expect(alarms[suffix].datapointsToAlarm).to.equal(1);
            });
        }

        it("know a run that is late by 26 hours without success, or as many as they are told", async () => {
            expect(alarms["nothing-succeeded"]).to.include({
                period: 3600,
                evaluationPeriods: 26,
                datapointsToAlarm: 26,
            });
            expect(alarms["nothing-succeeded"].alarmDescription).to.match(
                /until its first run has succeeded\.$/,
            );
            const weekly = alarmsOf((await up({ freshnessHours: 168 })).resources);
            expect(weekly["nothing-succeeded"].evaluationPeriods).to.equal(168);
        });

        it("do not wait for a run where none is scheduled", async () => {
            const { resources } = await up({ scheduleEnabled: false });
            expect(alarmsOf(resources)).to.not.have.property("nothing-succeeded");
        });

        it("watch no cluster and no usage limit where there is none", async () => {
            const suffixes = Object.keys(alarmsOf((await up({})).resources));
            expect(suffixes).to.not.include.oneOf(["cluster-idle", "cluster-unhealthy"]);
            expect(suffixes).to.not.include("spectrum-usage");
        });

        it("take their limits from the arguments", async () => {
            const set = alarmsOf(
                (
                    await up({
                        ...everything,
                        quarantineRatioLimit: 0.2,
                        diskSpaceLimitPercent: 70,
                        connectionLimit: 100,
                        spectrumAlarmTerabytes: 3,
                    })
                ).resources,
            );
            expect(set["quarantine-ratio"].threshold).to.equal(0.2);
            expect(set["redshift-disk"].threshold).to.equal(70);
            expect(set["redshift-connections"].threshold).to.equal(100);
            expect(set["spectrum-usage"].threshold).to.equal(3);
        });
    });

    describe("metrics", () => {
        it("each have a page of AWS or the file that emits them", () => {
            for (const metric of Object.values<Metric>(metrics)) {
                const source = /^(https:\/\/docs\.aws\.amazon\.com\/.+\.html|components\/.+\.ts)$/;
                expect(metric.source, metric.name).to.match(source);
            }
        });

        it("of the project are those that the workflow emits, by the dimensions that it gives", () => {
            const { States } = stateMachine(specWith());
            const emitted = ["PutMetrics", "PutRowsLoaded"].flatMap((state) => {
                const { Namespace, MetricData } = (States[state] as any).Parameters;
                return MetricData.map(({ MetricName, Dimensions }: any) => ({
                    name: `${String(Namespace)} ${String(MetricName)}`,
                    dimensions: Dimensions.map(({ Name }: any) => Name),
                }));
            });
            const own = [...known].filter(([, metric]) => metric.namespace === "loglake");
            expect(
                own.map(([name, { dimensions }]) => ({ name, dimensions })),
            ).to.have.deep.members(emitted);
        });
    });

    describe("rules", () => {
        const pattern = (suffix: string) =>
            parsed(
                only(resources, "aws:cloudwatch/eventRule:EventRule", `${name}-${suffix}`).inputs
                    .eventPattern,
            );

        it("match the failures of this deployment's job and crawler", () => {
            expect(pattern("glue-job")).to.deep.equal({
                source: ["aws.glue"],
                "detail-type": ["Glue Job State Change"],
                detail: { jobName: [`${name}-load`], state: ["FAILED", "TIMEOUT", "STOPPED"] },
            });
            expect(pattern("glue-crawler")).to.deep.equal({
                source: ["aws.glue"],
                "detail-type": ["Glue Crawler State Change"],
                detail: { crawlerName: [`${name}-raw`], state: ["Failed"] },
            });
        });

        it("match failed steps by the name that the workflow gives them", () => {
            expect(pattern("emr-step")).to.deep.equal({
                source: ["aws.emr"],
                "detail-type": ["EMR Step Status Change"],
                detail: { state: ["FAILED"], name: [{ prefix: `${name} ` }] },
            });
            const { States } = stateMachine(specWith());
            const stepName = (States.RunSpark as any).Parameters.Step["Name.$"];
            expect(stepName).to.match(new RegExp(`^States\\.Format\\('${name} `));
        });

        it("match clusters that end in another way than by their run", () => {
            expect(pattern("emr-cluster-failed").detail).to.deep.equal({
                state: ["TERMINATED_WITH_ERRORS"],
                name: [name],
            });
            expect(pattern("emr-cluster-outlived").detail).to.deep.equal({
                state: ["TERMINATED"],
                name: [name],
                stateChangeReason: [
                    { "anything-but": { wildcard: "*Terminated by user request*" } },
                ],
            });
        });

        it("each publish one readable message to the topic, with no field left open", () => {
            const targets = all(resources, "aws:cloudwatch/eventTarget:EventTarget");
            expect(targets).to.have.length(5);
            for (const { inputs, name: logicalName } of targets) {
                expect(inputs.arn).to.equal(topicArn);
                const { inputPaths, inputTemplate } = inputs.inputTransformer;
                const text = JSON.parse(inputTemplate) as string;
                expect(text, logicalName).to.match(/^loglake-dev: /);
                const used = [...text.matchAll(/<(\w+)>/g)].map(([, field]) => field);
                expect(Object.keys(inputPaths), logicalName).to.have.members(used);
            }
        });

        it("publish under a role that only they can take, and that can do nothing else", () => {
            const role = only(resources, "aws:iam/role:Role");
            const [trust] = parsed(role.inputs.assumeRolePolicy).Statement;
            expect(trust.Principal).to.deep.equal({ Service: ["events.amazonaws.com"] });
            expect(trust.Condition).to.deep.equal({
                StringEquals: { "aws:SourceAccount": account },
                ArnLike: { "aws:SourceArn": `arn:aws:events:${region}:${account}:rule/${name}-*` },
            });
            for (const { inputs } of all(resources, "aws:cloudwatch/eventTarget:EventTarget")) {
                expect(inputs.roleArn).to.equal(role.outputs.arn);
            }
            const { policy } = only(resources, "aws:iam/rolePolicy:RolePolicy").inputs;
            expect(parsed(policy).Statement).to.deep.equal(publishing());
        });
    });

    describe("dashboard", () => {
        let widgets: Widget[];
        before(() => {
            const { inputs } = only(resources, "aws:cloudwatch/dashboard:Dashboard");
            ({ widgets } = parsed(inputs.dashboardBody) as { widgets: Widget[] });
        });

        it("shows every alarm", () => {
            expect(widgets[0]?.type).to.equal("alarm");
            expect(widgets[0]?.properties.alarms).to.have.length(Object.keys(alarms).length);
        });

        it("names only metrics of the table, with exactly their dimensions", () => {
            const lines = widgets.slice(1).flatMap(({ properties }) => properties.metrics);
            expect(lines).to.not.be.empty;
            for (const [namespace, metricName, ...rest] of lines) {
                const metric = known.get(`${String(namespace)} ${String(metricName)}`);
                const dimensions = rest
                    .slice(0, -1)
                    .filter((_: unknown, index: number) => index % 2 === 0);
                expect(dimensions, metricName).to.deep.equal([...(metric?.dimensions ?? [])]);
            }
        });

        it("puts no widget over another", () => {
            const taken = new Set<string>();
            for (const { x, y, width, height } of widgets) {
                for (let column = x; column < x + width; column += 1) {
                    for (let row = y; row < y + height; row += 1) {
                        const cell = `${String(column)} ${String(row)}`;
                        expect(taken.has(cell), cell).to.equal(false);
                        taken.add(cell);
                    }
                }
                expect(x + width).to.be.at.most(24);
            }
        });
    });

    it("lets a role publish to the topic under its key, and nothing else", async () => {
        const { resources } = await deploy(async () => {
            const aws = await import("@pulumi/aws");
            const role = new aws.iam.Role("workflow", { assumeRolePolicy: "{}" });
            new PipelineMonitoring(name, argsWith()).grantPublish("workflow", role);
        });
        const grants = all(resources, "aws:iam/rolePolicy:RolePolicy");
        const granted = grants.find((policy) => policy.name === "workflow-publish-alerts");
        expect(parsed(granted?.inputs.policy).Statement).to.deep.equal(publishing());
    });

    it("allows only actions that exist, on resources that they take", async () => {
        await assertActionsExist(parsed(only(resources, "aws:kms/key:Key").inputs.policy));
        await assertActionsExist(
            parsed(only(resources, "aws:sns/topicPolicy:TopicPolicy").inputs.policy),
        );
        await assertActionsExist(
            parsed(only(resources, "aws:iam/rolePolicy:RolePolicy").inputs.policy),
        );
        await assertActionsExist(
            parsed(only(resources, "aws:iam/role:Role").inputs.assumeRolePolicy),
        );
    });

    for (const [changes, message] of [
        [{ freshnessHours: 169 }, /freshnessHours must be a whole number, 1 to 168, got 169/],
        [{ quarantineRatioLimit: -0.1 }, /quarantineRatioLimit must be 0 to 1, got -0.1/],
        [{ diskSpaceLimitPercent: 101 }, /diskSpaceLimitPercent must be a whole number, 1 to 100/],
        [{ connectionLimit: 0 }, /connectionLimit must be a whole number/],
        [{ spectrumAlarmTerabytes: 0.5 }, /spectrumAlarmTerabytes must be a whole number/],
        [
            { keyDeletionWindowDays: 31 },
            /keyDeletionWindowDays must be a whole number, 7 to 30, got 31/,
        ],
    ] as const) {
        it(`refuses ${JSON.stringify(changes)}, naming it`, async () => {
            await expectRejection(up(changes), message);
        });
    }
});

interface Widget {
    type: string;
    x: number;
    y: number;
    width: number;
    height: number;
    properties: any;
}

const fromAlarms = {
    StringEquals: { "aws:SourceAccount": account },
    ArnLike: { "aws:SourceArn": `arn:aws:cloudwatch:${region}:${account}:alarm:*` },
};

function publishing() {
    return [
        { Effect: "Allow", Action: ["sns:Publish"], Resource: topicArn },
        {
            Effect: "Allow",
            Action: ["kms:GenerateDataKey", "kms:Decrypt"],
            Resource: `arn:aws:kms:${region}:${account}:key/${name}-alerts`,
            Condition: { StringEquals: { "kms:ViaService": `sns.${region}.amazonaws.com` } },
        },
    ];
}

/** Whether a period with this datum counts as breaching; `undefined` is a period without one. */
function breaches(alarm: any, datum: number | undefined): boolean {
    if (datum === undefined) return alarm.treatMissingData === "breaching";
    switch (alarm.comparisonOperator) {
        case "GreaterThanOrEqualToThreshold":
            return datum >= alarm.threshold;
        case "GreaterThanThreshold":
            return datum > alarm.threshold;
        case "LessThanThreshold":
            return datum < alarm.threshold;
        default:
            throw new Error(`no model of ${String(alarm.comparisonOperator)}`);
    }
}

function value<T>(output: pulumi.Output<T>): Promise<T> {
    return new Promise((resolve) => output.apply(resolve));
}
