/** A role and its inline policies, as the cases on IAM share them. */
import { account, document, resource, unknown } from "./support";

/** ARN of a role of the account. */
export const roleArn = (name: string) => `arn:aws:iam::${account}:role/${name}`;

/** Lets a service of the account assume a role. */
export const serviceTrust = (service: string) => ({
    Effect: "Allow",
    Principal: { Service: service },
    Action: "sts:AssumeRole",
    Condition: { StringEquals: { "aws:SourceAccount": account } },
});

/** A role that Glue assumes. */
export const role = (properties: object = {}) =>
    resource("aws:iam/role:Role", "job", {
        name: "job",
        arn: roleArn("job"),
        assumeRolePolicy: document(serviceTrust("glue.amazonaws.com")),
        ...properties,
    });

/** An inline policy of that role. */
export const inline = (...statements: object[]) =>
    resource("aws:iam/rolePolicy:RolePolicy", "inline", {
        role: "job",
        policy: document(...statements),
    });

/** An inline policy whose document is any value. */
export const text = (policy: unknown) =>
    resource("aws:iam/rolePolicy:RolePolicy", "inline", { role: "job", policy });

/** An inline policy whose document is only known later. */
export const later = text(unknown);

/** Objects of one prefix. */
export const objects = "arn:aws:s3:::data/in/*";
