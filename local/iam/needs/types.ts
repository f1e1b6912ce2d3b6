/** What a request needs: one or more actions, each on its resources, before it is done and, where only that tells, after. */
import type { Call, Reply } from "../../gateway/call";
import type { DeployedPolicies } from "../deployed";
import type { Parameters } from "../parameters";
import type { Principal } from "../principals";

/** An action on resources, and what the request says for conditions beside what it says for all. */
export interface Asked {
    /** `glue:GetTable` */
    readonly action: string;
    /** ARNs, all of which must be allowed. @default the ones that the model's templates give with `variables` */
    readonly resources?: readonly string[];
    readonly variables?: Readonly<Record<string, readonly string[] | undefined>>;
    /** Keys as AWS writes them. */
    readonly context?: Readonly<Record<string, readonly string[] | string | undefined>>;
}

/** What a request is judged with. */
export interface Surroundings {
    readonly call: Call;
    readonly principal: Principal;
    readonly parameters: Parameters;
    readonly policies: DeployedPolicies;
    readonly site: { readonly region: string; readonly accountId: string };
    /** Tags of a resource, by its ARN. */
    readonly tagsOf: (arn: string) => Readonly<Record<string, string>>;
}

/** What a service's requests need. */
export interface ServiceNeeds {
    readonly before: (surroundings: Surroundings) => Promise<readonly Asked[]>;
    /** What only the answer tells: the key of an object, or that there is none. @default nothing */
    readonly after?: (surroundings: Surroundings, reply: Reply) => Promise<readonly Asked[]>;
}
