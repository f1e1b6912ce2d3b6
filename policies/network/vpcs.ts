/** VPCs, whoever made them. */
import type { Stack } from "../core/stack";
import type { Subject } from "../core/subject";

export const vpcTypes = ["aws:ec2/vpc:Vpc", "aws:ec2/defaultVpc:DefaultVpc"];

/** `awsx.ec2.Vpc`, which makes a VPC with its subnets and endpoints. */
export const componentType = "awsx:ec2:Vpc";

/** VPCs; a component's stands for one where its provider didn't run, so that its children aren't there. */
export function vpcsOf(stack: Stack): readonly Subject[] {
    const own = stack.of(...vpcTypes);
    const children = own.some(({ urn }) => urn.includes(`${componentType}$`));
    return children ? own : [...own, ...stack.of(componentType)];
}
