/** EMR Serverless. */
import { expectCustomerKey, expectSet, expectThat } from "../core/checks";
import { resourcePolicy, type Policy } from "../core/policy";

const serverless = resourcePolicy({
    name: "emr-serverless-security",
    title: "EMR Serverless runs in a VPC, from a fixed image, with encrypted logs",
    risk: "Outside of a VPC no network control applies to it; an image by a moving tag changes without a change here; logs lie in the clear.",
    severity: "high",
    types: ["aws:emrserverless/application:Application"],
    remedy: "Set networkConfiguration, name images by digest or version, set encryptionKeyArn for each kind of log.",
    url: "https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/security.html",
    judge: (subject, verdict) => {
        expectSet(verdict, subject.at("networkConfiguration.subnetIds"), {
            fix: "name private subnets",
        });
        expectSet(verdict, subject.at("networkConfiguration.securityGroupIds"), {
            fix: "name security groups",
        });
        expectThat(verdict, subject.at("imageConfiguration.imageUri"), pinned, {
            absentIsFine: true,
            fix: "name the image by digest or by a version tag",
        });
        const monitoring = subject.at("monitoringConfiguration");
        const logs = [
            "s3MonitoringConfiguration",
            "cloudwatchLoggingConfiguration",
            "managedPersistenceMonitoringConfiguration",
        ];
        const kept = logs
            .map((name) => monitoring.at(name))
            .filter((log) => !log.absent && log.at("enabled").value !== false);
        for (const log of kept) expectCustomerKey(verdict, log.at("encryptionKeyArn"));
        if (kept.length === 0) {
            verdict.violation({
                finding: "monitoringConfiguration",
                property: "monitoringConfiguration",
                found: monitoring.value,
                fix: "say where logs go and under which key; by default they go to storage of AWS's",
            });
        }
    },
});

function pinned(image: unknown): boolean {
    const text = String(image);
    return (
        /@sha256:[0-9a-f]{64}$/.test(text) ||
        /:(?!latest$)[\w.-]*\d[\w.-]*$/.test(text.slice(text.lastIndexOf("/")))
    );
}

export const applications: readonly Policy[] = [serverless];
