/** EBS volumes. */
import { expectCustomerKey, expectOneOf, expectTrue } from "./core/checks";
import { resourcePolicy, type Policy } from "./core/policy";

const volumeType = "aws:ebs/volume:Volume";

const encryption = resourcePolicy({
    name: "ebs-encryption",
    title: "Volumes are encrypted, also those that nobody asks it for",
    risk: "Spills, swap and temporary files of whatever is launched lie on the disk in the clear, and in every snapshot of it.",
    severity: "high",
    fsbp: ["EC2.3", "EC2.7"],
    types: [volumeType, "aws:ebs/encryptionByDefault:EncryptionByDefault"],
    remedy: "Set encrypted and kmsKeyId on volumes, and leave encryption by default enabled.",
    url: "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html",
    judge: (subject, verdict) => {
        if (subject.type === volumeType) {
            expectTrue(verdict, subject.at("encrypted"), { fix: "set it to true" });
            expectCustomerKey(verdict, subject.at("kmsKeyId"));
        } else {
            const fix = "set it to true";
            expectOneOf(verdict, subject.at("enabled"), [true], { absentIsFine: true, fix });
        }
    },
});

export const disks: readonly Policy[] = [encryption];
