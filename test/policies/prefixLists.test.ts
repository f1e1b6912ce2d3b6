/** Prefix lists in the rules of security groups, and volumes. */
import { describePolicy, keyArn, resource, unknown, usePack } from "./support";

const list = (...ranges: unknown[]) =>
    resource("aws:ec2/managedPrefixList:ManagedPrefixList", "list", {
        id: "pl-1",
        entries: ranges.map((cidr) => ({ cidr })),
    });
const rule = (prefixListId: unknown) =>
    resource("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "rule", {
        prefixListId,
    });
const volume = (properties: Readonly<Record<string, unknown>>) =>
    resource("aws:ebs/volume:Volume", "volume", properties);
const byDefault = (enabled: unknown) =>
    resource("aws:ebs/encryptionByDefault:EncryptionByDefault", "default", { enabled });

describe("policies on prefix lists and volumes", () => {
    usePack();

    describePolicy("security-group-world-prefix-list", {
        fails: {
            "the internet in two halves": [
                "prefix-list::128.0.0.0/1",
                list("0.0.0.0/1", "128.0.0.0/1"),
                rule("pl-1"),
            ],
            "the internet by an entry apart": [
                "prefix-list::0.0.0.0/0",
                list(),
                resource("aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry", "entry", {
                    prefixListId: "pl-1",
                    cidr: "0.0.0.0/0",
                }),
                resource("aws:ec2/securityGroupRule:SecurityGroupRule", "rule", {
                    type: "ingress",
                    prefixListIds: ["pl-1"],
                }),
            ],
            "the internet in a rule inline": [
                "prefix-list::::/0",
                list("::/0"),
                resource("aws:ec2/securityGroup:SecurityGroup", "group", {
                    ingress: [{ prefixListIds: ["pl-1"] }],
                }),
            ],
            "a list whose id is only known later": [
                "prefix-list::0.0.0.0/0",
                list("0.0.0.0/0"),
                { ...rule(unknown), from: { prefixListId: "list" } },
            ],
        },
        passes: {
            "one's own network": [list("10.0.0.0/8"), rule("pl-1")],
            "a list that nobody is let in by": [list("0.0.0.0/0")],
            "a list of destinations": [
                list("0.0.0.0/0"),
                resource("aws:ec2/securityGroupRule:SecurityGroupRule", "rule", {
                    type: "egress",
                    prefixListIds: ["pl-1"],
                }),
            ],
            "a list of AWS's": [list("0.0.0.0/0"), rule("pl-s3")],
        },
        unseen: { "a range that is only known later": [list(unknown), rule("pl-1")] },
    });

    describePolicy("ebs-encryption", {
        fails: {
            "a volume in the clear": ["encrypted", volume({ kmsKeyId: keyArn })],
            "a volume under AWS's key": ["kmsKeyId", volume({ encrypted: true })],
            "no encryption where nobody asks for it": ["enabled", byDefault(false)],
        },
        passes: {
            "a key of one's own": [volume({ encrypted: true, kmsKeyId: keyArn })],
            "encryption by default": [byDefault(true)],
        },
        unseen: {
            "encryption that is only known later": [
                volume({ encrypted: unknown, kmsKeyId: unknown }),
            ],
        },
    });
});
