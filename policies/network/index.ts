/** The network: security groups, VPCs and subnets. */
import type { Policy } from "../core/policy";
import { endpoints } from "./endpoints";
import { groups } from "./groups";
import { prefixLists } from "./prefixLists";
import { privacy } from "./privateSubnets";
import { vpcs } from "./vpc";

export const network: readonly Policy[] = [
    ...groups,
    ...prefixLists,
    ...vpcs,
    ...privacy,
    ...endpoints,
];
