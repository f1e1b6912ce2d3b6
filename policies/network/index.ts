/** The network: security groups and VPCs. */
import type { Policy } from "../core/policy";
import { endpoints } from "./endpoints";
import { groups } from "./groups";
import { prefixLists } from "./prefixLists";
import { vpcs } from "./vpc";

export const network: readonly Policy[] = [...groups, ...prefixLists, ...vpcs, ...endpoints];
