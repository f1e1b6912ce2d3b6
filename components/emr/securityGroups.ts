/** Who may talk to EMR's nodes, and to whom they may: each other, EMR's managers, and AWS services over HTTPS. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { siteOf } from "../iam";
import { emrTag } from "./tags";

/** Arguments of {@link emrSecurityGroups}. */
export interface EmrSecurityGroupsArgs {
    readonly vpcId: pulumi.Input<string>;
    /** Addresses at which nodes reach AWS services over HTTPS; S3 is reached by its prefix list. */
    readonly serviceCidrBlocks: readonly pulumi.Input<string>[];
}

/** The groups that EMR calls managed, all of them ours. */
export interface EmrSecurityGroups {
    readonly primary: aws.ec2.SecurityGroup;
    /** Of core and task nodes. */
    readonly workers: aws.ec2.SecurityGroup;
    /** Of the interfaces through which EMR reaches into a private subnet. */
    readonly serviceAccess: aws.ec2.SecurityGroup;
}

/**
 * Creates the three groups and their rules as children of `processor`. A cluster must not start before the rules.
 *
 * The incoming rules are, one by one, those that EMR would otherwise add behind the stack's back
 * (https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-man-sec-groups.html). The outgoing ones are the minimum
 * that the same page names, instead of its default of everything to everywhere.
 */
export function emrSecurityGroups(
    processor: pulumi.ComponentResource,
    deployment: string,
    args: EmrSecurityGroupsArgs,
): { readonly groups: EmrSecurityGroups; readonly rules: readonly pulumi.Resource[] } {
    const group = (purpose: string, description: string) => {
        const name = `${deployment}-emr-${purpose}`;
        return new aws.ec2.SecurityGroup(
            name,
            {
                name,
                description: `${description} of ${deployment}`,
                vpcId: args.vpcId,
                // the groups refer to each other: none could be deleted before the others' rules are gone
                revokeRulesOnDelete: true,
                tags: { ...emrTag, Name: name },
            },
            { parent: processor },
        );
    };
    const groups = {
        primary: group("primary", "EMR primary nodes"),
        workers: group("workers", "EMR core and task nodes"),
        serviceAccess: group("service-access", "Access of EMR to clusters in private subnets"),
    };

    const options = { parent: processor };
    const ruleName = (suffix: string) => `${deployment}-emr-${suffix}`;
    const rules = [
        ...incoming(groups).map(
            ([suffix, rule]) =>
                new aws.vpc.SecurityGroupIngressRule(ruleName(suffix), rule, options),
        ),
        ...outgoing(groups, args.serviceCidrBlocks, s3PrefixList(processor)).map(
            ([suffix, rule]) =>
                new aws.vpc.SecurityGroupEgressRule(ruleName(suffix), rule, options),
        ),
    ];
    return { groups, rules };
}

/** TCP from a port to itself. */
const port = (number: number) => ({ ipProtocol: "tcp", fromPort: number, toPort: number });

/** Where EMR's managers reach the nodes, where the primary node reaches them, and HTTPS. */
const nodePort = port(8443);
const managerPort = port(9443);
const https = port(443);

/** Whatever there is, as EMR has it in three rules. ICMP has a type and a code, any of each, in the place of ports. */
const everything = [
    { ipProtocol: "tcp", fromPort: 0, toPort: 65535 },
    { ipProtocol: "udp", fromPort: 0, toPort: 65535 },
    { ipProtocol: "icmp", fromPort: -1, toPort: -1 },
];

type Rule<Args> = readonly [suffix: string, args: Args];

function incoming({
    primary,
    workers,
    serviceAccess,
}: EmrSecurityGroups): Rule<aws.vpc.SecurityGroupIngressRuleArgs>[] {
    const nodes = { primary, workers };
    const entries = Object.entries(nodes);
    return [
        ...entries.flatMap(([to, { id: securityGroupId }]) =>
            entries.flatMap(([from, { id: referencedSecurityGroupId }]) =>
                everything.map((traffic): Rule<aws.vpc.SecurityGroupIngressRuleArgs> => [
                    `${to}-from-${from}-${traffic.ipProtocol}`,
                    {
                        ...traffic,
                        description: `Nodes of a cluster among themselves: from ${from}`,
                        securityGroupId,
                        referencedSecurityGroupId,
                    },
                ]),
            ),
        ),
        ...entries.map(
            ([to, { id: securityGroupId }]): Rule<aws.vpc.SecurityGroupIngressRuleArgs> => [
                `${to}-from-service-access`,
                {
                    ...nodePort,
                    description: "Cluster manager of EMR",
                    securityGroupId,
                    referencedSecurityGroupId: serviceAccess.id,
                },
            ],
        ),
        [
            "service-access-from-primary",
            {
                ...managerPort,
                description: "Primary nodes to the cluster manager of EMR",
                securityGroupId: serviceAccess.id,
                referencedSecurityGroupId: primary.id,
            },
        ],
    ];
}

function outgoing(
    { primary, workers, serviceAccess }: EmrSecurityGroups,
    serviceCidrBlocks: readonly pulumi.Input<string>[],
    s3PrefixListId: pulumi.Input<string>,
): Rule<aws.vpc.SecurityGroupEgressRuleArgs>[] {
    const entries = Object.entries({ primary, workers });
    const fromNodes = entries.flatMap(
        ([from, { id: securityGroupId }]): Rule<aws.vpc.SecurityGroupEgressRuleArgs>[] => [
            ...entries.map(([to, { id }]): Rule<aws.vpc.SecurityGroupEgressRuleArgs> => [
                `${from}-to-${to}`,
                {
                    ipProtocol: "-1",
                    description: `Nodes of a cluster among themselves: to ${to}`,
                    securityGroupId,
                    referencedSecurityGroupId: id,
                },
            ]),
            [
                `${from}-to-s3`,
                { ...https, description: "S3", securityGroupId, prefixListId: s3PrefixListId },
            ],
            ...serviceCidrBlocks.map(
                (cidrIpv4, index): Rule<aws.vpc.SecurityGroupEgressRuleArgs> => [
                    `${from}-to-services-${String(index)}`,
                    { ...https, description: "AWS services", securityGroupId, cidrIpv4 },
                ],
            ),
            [
                `service-access-to-${from}`,
                {
                    ...nodePort,
                    description: `Cluster manager of EMR to ${from}`,
                    securityGroupId: serviceAccess.id,
                    referencedSecurityGroupId: securityGroupId,
                },
            ],
        ],
    );
    return [
        ...fromNodes,
        [
            "primary-to-service-access",
            {
                ...managerPort,
                description: "Cluster manager of EMR",
                securityGroupId: primary.id,
                referencedSecurityGroupId: serviceAccess.id,
            },
        ],
    ];
}

function s3PrefixList(processor: pulumi.ComponentResource): pulumi.Output<string> {
    const name = pulumi.interpolate`com.amazonaws.${siteOf(processor).region}.s3`;
    return aws.ec2.getPrefixListOutput({ name }, { parent: processor }).id;
}
