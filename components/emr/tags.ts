/** Tags that policies go by. */

/**
 * What EMR's service role may use carries it: subnets and security groups of ours, and whatever EMR launches
 * (https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-managed-iam-policies.html).
 */
export const emrTag = { "for-use-with-amazon-emr-managed-policies": "true" } as const;

/** Tag by which a cluster is known as one of a deployment; the `Environment` of its metrics too. */
export const deploymentTagKey = "Environment";

/** Tags of a cluster of `deployment`. */
export function clusterTags(deployment: string): Readonly<Record<string, string>> {
    return { ...emrTag, [deploymentTagKey]: deployment };
}
