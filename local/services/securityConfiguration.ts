/** Glue's security configurations, which crawlers and jobs look up as their roles. */
import type { Api } from "../api";

/** Key of the logs of whatever has this security configuration; `api` calls as its role. */
export async function logKeyOf(Name: string | undefined, api: Api): Promise<string | undefined> {
    if (Name === undefined) return undefined;
    const { SecurityConfiguration } = await api("glue", "GetSecurityConfiguration", { Name });
    const { CloudWatchEncryption } = SecurityConfiguration.EncryptionConfiguration ?? {};
    return CloudWatchEncryption?.KmsKeyArn as string | undefined;
}
