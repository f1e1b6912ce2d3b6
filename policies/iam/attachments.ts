/** Managed policies, how large policies are, and users. */
import { option, resourcePolicy, stackPolicy, type Policy } from "../core/policy";
import type { Property } from "../core/property";
import { documentsOf, typesOf } from "./places";
import { principalsOf } from "./principals";

/** AWS-managed policies that give write on `*`, or more than any workload needs. */
const excessive =
    /^arn:[\w-]+:iam::aws:policy\/(?:job-function\/|service-role\/|aws-service-role\/)?(?:.*Admin.*|\w*PowerUser\w*|.*Full_?Access.*|AmazonElasticMapReduce(?:Role|forEC2Role|forAutoScalingRole|EditorsRole)|AWSGlueService(?:Notebook)?Role|AmazonEC2RoleforSSM|AmazonEC2RoleforDataPipelineRole|AWSDataPipelineRole|AWSGlueConsole\w*|AWSLambdaExecute|SecurityAudit|DataScientist|(?:Amazon(?:S3|DynamoDB|Kinesis|SSM))?ReadOnlyAccess|SecretsManagerReadWrite)$/;

/** Boundaries that leave everything, or everything but what nobody asks for. */
const boundsNothing =
    /^arn:[\w-]+:iam::aws:policy\/(AdministratorAccess|PowerUserAccess|IAMFullAccess)$/;

/** Properties that attach managed policies. */
const attaching: Readonly<Record<string, string>> = {
    "aws:iam/role:Role": "managedPolicyArns",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "policyArn",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": "policyArn",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": "policyArn",
    "aws:iam/policyAttachment:PolicyAttachment": "policyArn",
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": "policyArns",
    "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive": "policyArns",
    "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive": "policyArns",
    "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment": "managedPolicyArn",
};

const managed = resourcePolicy({
    name: "iam-managed-policies",
    title: "No AWS-managed policy with write on everything",
    risk: "AWS writes its policies for every customer: they allow far more than one workload needs, on all resources, and grow.",
    severity: "high",
    fsbp: ["IAM.1"],
    types: Object.keys(attaching),
    remedy: "Grant what is needed in a policy of one's own.",
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    options: {
        allowed: option<readonly string[]>(
            [],
            "ARNs of managed policies that are accepted all the same",
            { items: { type: "string" } },
        ),
        allowAwsManaged: option(
            true,
            "whether AWS-managed policies may be attached at all, other than the excessive ones",
        ),
        requireBoundary: option(false, "whether every role needs a permissions boundary"),
    },
    judge: (subject, verdict, { allowed, allowAwsManaged, requireBoundary }) => {
        const property = subject.at(attaching[subject.type] ?? "");
        const unknown = [property, ...property.items].filter((item: Property) => item.unknown);
        // A policy of the stack itself is unknown here until it exists; AWS's own are literal ARNs.
        for (const arn of property.items.filter((item) => !unknown.includes(item))) {
            const text = arn.text ?? "";
            const forbidden =
                excessive.test(text) || (!allowAwsManaged && /:iam::aws:policy\//.test(text));
            if (!forbidden || allowed.includes(text)) continue;
            verdict.violation({
                finding: `Policy::${text.split("/").pop() ?? ""}`,
                property: arn.path,
                found: text,
                fix: "grant what is needed in a policy of one's own",
            });
        }
        const boundary = subject.at("permissionsBoundary");
        if (boundsNothing.test(boundary.text ?? "")) {
            verdict.violation({
                finding: "permissionsBoundary",
                property: boundary.path,
                found: `${boundary.text ?? ""}, which bounds nothing`,
                fix: "name a policy that allows what workloads may have at most",
            });
        }
        if (
            requireBoundary &&
            subject.type === "aws:iam/role:Role" &&
            subject.at("permissionsBoundary").absent
        ) {
            verdict.violation({
                finding: "permissionsBoundary",
                property: "permissionsBoundary",
                found: undefined,
                fix: "name a boundary",
            });
        }
    },
});

/**
 * Quotas in characters other than white space, the defaults that can't or needn't be raised
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
 */
const documentLimits: Readonly<Record<string, number>> = {
    "aws:iam/policy:Policy": 6144,
    "aws:s3/bucketPolicy:BucketPolicy": 20480,
    "aws:kms/key:Key": 32768,
    "aws:kms/keyPolicy:KeyPolicy": 32768,
    "aws:secretsmanager/secretPolicy:SecretPolicy": 20480,
    "aws:glue/resourcePolicy:ResourcePolicy": 10240,
};
const trustLimit = 2048;
const inlineLimits: Readonly<Record<string, number>> = {
    "aws:iam/role:Role": 10240,
    "aws:iam/user:User": 2048,
    "aws:iam/group:Group": 5120,
};
const attachmentLimit = 10;

const size = resourcePolicy({
    name: "iam-document-size",
    title: "Policy documents fit into AWS's quotas",
    risk: "A document over the quota is refused in the middle of a deployment.",
    severity: "low",
    types: typesOf("identity", "trust", "resource"),
    remedy: "Split the document, or drop what isn't needed.",
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
    judge: (subject, verdict) => {
        for (const { place, document } of documentsOf(
            subject,
            verdict,
            "identity",
            "trust",
            "resource",
        )) {
            const limit = place.kind === "trust" ? trustLimit : documentLimits[subject.type];
            if (limit === undefined || document.size <= limit) continue;
            verdict.violation({
                finding: "size",
                property: place.property.path,
                found: `${String(document.size)} characters`,
                fix: `keep it under ${String(limit)}`,
            });
        }
    },
});

const totals = stackPolicy({
    name: "iam-principal-size",
    title: "Roles' policies together fit into IAM's quotas",
    risk: "The policy that goes over the quota is refused in the middle of a deployment.",
    severity: "low",
    remedy: "Move rights into a managed policy, or drop what isn't needed.",
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
    judge: (stack, verdictOn) => {
        for (const { subject, documents, managed: attached } of principalsOf(stack)) {
            const limit = inlineLimits[subject.type];
            if (limit === undefined) continue;
            const total = documents
                .filter(({ inline, inherited }) => inline && !inherited)
                .reduce((sum, { document }) => sum + document.size, 0);
            if (total > limit) {
                verdictOn(subject).violation({
                    finding: "inline-size",
                    property: "inline policies",
                    found: `${String(total)} characters together`,
                    fix: `keep them under ${String(limit)}`,
                });
            }
            const owned = documents.filter(({ inline, inherited }) => !inline && !inherited);
            const count = owned.length + attached.length;
            if (count > attachmentLimit) {
                verdictOn(subject).violation({
                    finding: "attachments",
                    property: "managed policies",
                    found: count,
                    fix: `attach at most ${String(attachmentLimit)}`,
                });
            }
        }
    },
});

const users = resourcePolicy({
    name: "iam-no-long-term-credentials",
    title: "No access keys, and no rights of single users",
    risk: "An access key works until somebody takes it away, wherever it has been copied to.",
    severity: "high",
    fsbp: ["IAM.2"],
    types: [
        "aws:iam/accessKey:AccessKey",
        "aws:iam/userPolicy:UserPolicy",
        "aws:iam/userPolicyAttachment:UserPolicyAttachment",
        "aws:iam/userLoginProfile:UserLoginProfile",
        "aws:iam/serviceSpecificCredential:ServiceSpecificCredential",
    ],
    remedy: "Use roles and IAM Identity Center.",
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    judge: (subject, verdict) => {
        const kind = subject.type.split(":").pop() ?? "";
        verdict.violation({
            finding: kind,
            property: "user",
            found: `a ${kind}`,
            fix: "use a role instead",
        });
    },
});

export const attachments: readonly Policy[] = [managed, size, totals, users];
