/** Settings of the applications on EMR, and what steps are told. */
import { resourcePolicy, type Policy } from "../core/policy";
import type { Property } from "../core/property";
import { expectNoSecretArguments, expectNoSecrets } from "../core/secrets";
import type { Subject } from "../core/subject";
import type { Verdict } from "../core/verdict";
import { parsed } from "./json";
import { machineType, tasksOf } from "./tasks";

const off = /^false$/i;

/** Settings that switch off what the security configuration switches on: each with the values that do. */
const plaintext: Readonly<Record<string, RegExp>> = {
    "spark.authenticate": off,
    "spark.network.crypto.enabled": off,
    "spark.ssl.enabled": off,
    "dfs.encrypt.data.transfer": off,
    "dfs.http.policy": /^HTTP_ONLY$/i,
    "fs.s3.enableServerSideEncryption": off,
    "fs.s3a.connection.ssl.enabled": off,
    "hadoop.rpc.protection": /^(authentication|integrity)$/i,
    "hadoop.ssl.enabled": off,
    "hive.server2.use.SSL": off,
    "internal-communication.https.required": off,
    "mapreduce.shuffle.ssl.enabled": off,
    "tez.runtime.shuffle.ssl.enable": off,
    "yarn.http.policy": /^HTTP_ONLY$/i,
};

const clusterTypes = [
    "aws:emr/cluster:Cluster",
    "aws:emr/instanceGroup:InstanceGroup",
    "aws:emr/instanceFleet:InstanceFleet",
];
const serverlessType = "aws:emrserverless/application:Application";
/** Tasks that ask something of EMR or EMR Serverless. */
const ofEmr = /elasticmapreduce:|emr-serverless:|aws-sdk:emr(serverless)?:/;

const settings = resourcePolicy({
    name: "emr-application-settings",
    title: "Settings and steps on EMR keep encryption on and hold no secrets",
    risk: "One line of spark-defaults undoes the security configuration; a password in a setting or an argument is shown to everyone who may describe the cluster.",
    severity: "high",
    types: [...clusterTypes, serverlessType, machineType],
    remedy: "Leave the setting out, so that the security configuration counts; pass the ARN of a secret instead of the secret.",
    url: "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-encryption-support-matrix.html",
    judge: (subject, verdict) => {
        for (const list of classificationsOf(subject, verdict)) {
            for (const properties of propertiesOf(list, verdict)) {
                expectEncryption(verdict, properties);
                // A state machine's secrets are found by secret-in-clear-text.
                if (subject.type !== machineType)
                    expectNoSecrets(verdict, properties, "use a secret's ARN");
            }
        }
        for (const list of argumentsOf(subject))
            expectNoSecretArguments(verdict, list, "pass the ARN of a secret instead");
    },
});

/** Lists of classifications: of a cluster, an application, or what a state machine launches. */
function* classificationsOf(subject: Subject, verdict: Verdict): Generator<Property> {
    if (subject.type === serverlessType) yield subject.at("runtimeConfigurations");
    else if (subject.type === machineType) {
        for (const parameters of tasksOf(subject, verdict, ofEmr)) {
            yield parameters.at("Configurations");
            yield parameters.at("ConfigurationOverrides.ApplicationConfiguration");
        }
    } else {
        const fleets = ["masterInstanceFleet", "coreInstanceFleet"].map((name) => subject.at(name));
        for (const type of [subject, ...fleets].flatMap(
            (fleet) => fleet.at("instanceTypeConfigs").items,
        ))
            yield type.at("configurations");
        for (const name of ["configurationsJson", "configurations"]) {
            const text = subject.at(name);
            // `configurations` may also be the address of a file.
            if (text.unknown || /^\s*[[{]/.test(text.text ?? "")) {
                const list = parsed(text, verdict, name);
                if (list !== undefined) yield list;
            }
        }
    }
}

/** Arguments of steps and bootstrap actions. */
function* argumentsOf(subject: Subject): Generator<Property> {
    for (const step of subject.at("steps").items) yield step.at("hadoopJarStep.args");
    for (const action of subject.at("bootstrapActions").items) yield action.at("args");
}

/** The settings of each classification of a list, and of those within. */
function* propertiesOf(list: Property, verdict: Verdict): Generator<Property> {
    if (list.unknown) verdict.unseen(list);
    for (const item of list.items) {
        const [properties, inner] = ["Properties", "Configurations"].map((name) =>
            item.at(name).absent ? item.at(name.toLowerCase()) : item.at(name),
        );
        if (properties !== undefined) yield properties;
        if (inner !== undefined && !inner.absent) yield* propertiesOf(inner, verdict);
    }
}

function expectEncryption(verdict: Verdict, properties: Property): void {
    for (const [name, value] of properties.entries) {
        const weak = plaintext[name.replace(/^spark\.hadoop\./, "")];
        if (weak === undefined) continue;
        if (value.unknown) verdict.unseen(value);
        else if (weak.test(String(value.value))) {
            verdict.violation({
                finding: `plaintext::${name}`,
                property: value.path,
                found: value.value,
                fix: "remove the setting",
            });
        }
    }
}

export const applicationSettings: readonly Policy[] = [settings];
