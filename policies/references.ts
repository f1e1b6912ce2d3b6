/** Settings that a resource only names: whether this stack shows what they are. */
import { option, stackPolicy, type Policy } from "./core/policy";

const named = [
    {
        users: ["aws:glue/job:Job", "aws:glue/crawler:Crawler", "aws:glue/devEndpoint:DevEndpoint"],
        property: "securityConfiguration",
        type: "aws:glue/securityConfiguration:SecurityConfiguration",
    },
    {
        users: ["aws:emr/cluster:Cluster"],
        property: "securityConfiguration",
        type: "aws:emr/securityConfiguration:SecurityConfiguration",
    },
    {
        users: ["aws:redshift/cluster:Cluster"],
        property: "clusterParameterGroupName",
        type: "aws:redshift/parameterGroup:ParameterGroup",
    },
] as const;

const resolved = stackPolicy({
    name: "named-settings-in-stack",
    title: "Security configurations and parameter groups that are named can be seen",
    risk: "A setting that another stack defines is only as good as that stack; nothing here judges it.",
    severity: "low",
    remedy: "Define it in this stack, or judge the other stack by the same policies.",
    url: "https://www.pulumi.com/docs/insights/policy/",
    options: {
        allowOutside: option(
            true,
            "whether settings may be defined outside of the stack; they are noted as not evaluated then",
        ),
    },
    judge: (stack, verdictOn, { allowOutside }) => {
        for (const { users, property: path, type } of named) {
            for (const user of stack.of(...users)) {
                const property = user.at(path);
                if (property.absent || stack.referred(user, path, type) !== undefined) continue;
                if (allowOutside || property.unknown)
                    verdictOn(user).unseen(`${path} (not defined in this stack)`);
                else
                    verdictOn(user).violation({
                        finding: path,
                        property: path,
                        found: property.value,
                        fix: "define it in this stack",
                    });
            }
        }
    },
});

export const references: readonly Policy[] = [resolved];
