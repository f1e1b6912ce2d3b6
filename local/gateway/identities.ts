/** Who holds which access key: learned from the answers of STS, as they pass. */

/** A session of a role. */
export interface Identity {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
    /** ARN of the role that was assumed. */
    readonly roleArn: string;
    /** Milliseconds since 1970. */
    readonly expiresAt: number;
}

/** The sessions that STS has given out. */
export class Identities {
    private readonly byAccessKey = new Map<string, Identity>();

    /** Remembers what an answer to `AssumeRole` gave out. An answer that gave nothing changes nothing. */
    learn(requestBody: Buffer, responseBody: Buffer): void {
        const xml = responseBody.toString("utf8");
        const value = (tag: string) => new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(xml)?.[1];
        const roleArn = new URLSearchParams(requestBody.toString("utf8")).get("RoleArn");
        const accessKeyId = value("AccessKeyId");
        const secretAccessKey = value("SecretAccessKey");
        const sessionToken = value("SessionToken");
        if (!roleArn || !accessKeyId || !secretAccessKey || !sessionToken) return;
        const expiresAt = Date.parse(value("Expiration") ?? "");
        this.byAccessKey.set(accessKeyId, {
            accessKeyId,
            secretAccessKey,
            sessionToken,
            roleArn,
            expiresAt: Number.isNaN(expiresAt) ? Infinity : expiresAt,
        });
    }

    /** The session that an access key belongs to. */
    of(accessKeyId: string | undefined): Identity | undefined {
        return accessKeyId === undefined ? undefined : this.byAccessKey.get(accessKeyId);
    }
}
