/** Roles, their policies, and keys. */
import { compact, tagList, type Creator, type Creators } from "./types";

const role: Creator = async (inputs, { api }, name) => {
    const RoleName = String(inputs.name ?? name);
    const { Role } = await api(
        "iam",
        "CreateRole",
        compact({
            RoleName,
            AssumeRolePolicyDocument: inputs.assumeRolePolicy,
            Description: inputs.description,
            Path: inputs.path,
            MaxSessionDuration: inputs.maxSessionDuration,
            PermissionsBoundary: inputs.permissionsBoundary,
            Tags: tagList(inputs.tags),
        }),
    );
    return { id: RoleName, outputs: { name: RoleName, arn: Role.Arn, uniqueId: Role.RoleId } };
};

const rolePolicy: Creator = async (inputs, { api }, name) => {
    const PolicyName = String(inputs.name ?? name);
    await api("iam", "PutRolePolicy", {
        RoleName: inputs.role,
        PolicyName,
        PolicyDocument: inputs.policy,
    });
    return { id: `${String(inputs.role)}:${PolicyName}` };
};

const policy: Creator = async (inputs, { api }, name) => {
    const { Policy } = await api(
        "iam",
        "CreatePolicy",
        compact({
            PolicyName: inputs.name ?? name,
            PolicyDocument: inputs.policy,
            Description: inputs.description,
            Path: inputs.path,
            Tags: tagList(inputs.tags),
        }),
    );
    return { id: Policy.Arn, outputs: { arn: Policy.Arn } };
};

const attachment: Creator = async (inputs, { api }) => {
    await api("iam", "AttachRolePolicy", { RoleName: inputs.role, PolicyArn: inputs.policyArn });
    return { id: `${String(inputs.role)}-${String(inputs.policyArn)}` };
};

const instanceProfile: Creator = async (inputs, { api }, name) => {
    const InstanceProfileName = String(inputs.name ?? name);
    const tags = compact({ Tags: tagList(inputs.tags) });
    const { InstanceProfile } = await api("iam", "CreateInstanceProfile", {
        InstanceProfileName,
        ...tags,
    });
    await api("iam", "AddRoleToInstanceProfile", { InstanceProfileName, RoleName: inputs.role });
    return {
        id: InstanceProfileName,
        outputs: { name: InstanceProfileName, arn: InstanceProfile.Arn },
    };
};

const key: Creator = async (inputs, { api }) => {
    const { KeyMetadata } = await api(
        "kms",
        "CreateKey",
        compact({
            Description: inputs.description,
            Policy: inputs.policy,
            KeyUsage: inputs.keyUsage,
            KeySpec: inputs.customerMasterKeySpec,
            MultiRegion: inputs.multiRegion,
            Tags: tagList(inputs.tags)?.map(({ Key, Value }) => ({ TagKey: Key, TagValue: Value })),
        }),
    );
    const { KeyId, Arn } = KeyMetadata;
    if (inputs.enableKeyRotation === true) await api("kms", "EnableKeyRotation", { KeyId });
    return { id: KeyId, outputs: { keyId: KeyId, arn: Arn } };
};

const alias: Creator = async (inputs, { api, region, accountId }, name) => {
    const AliasName = String(inputs.name ?? `alias/${name}`);
    await api("kms", "CreateAlias", { AliasName, TargetKeyId: inputs.targetKeyId });
    return { id: AliasName, outputs: { arn: `arn:aws:kms:${region}:${accountId}:${AliasName}` } };
};

export const iam: Creators = {
    "aws:iam/role:Role": role,
    "aws:iam/rolePolicy:RolePolicy": rolePolicy,
    "aws:iam/policy:Policy": policy,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": attachment,
    "aws:iam/instanceProfile:InstanceProfile": instanceProfile,
    "aws:kms/key:Key": key,
    "aws:kms/alias:Alias": alias,
};
