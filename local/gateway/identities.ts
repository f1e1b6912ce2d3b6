/** Who holds which access key: learned from the answers of STS, as they pass. */

/** A session of a role. */
export interface Identity {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
    /** ARN of the role that was assumed. */
    readonly roleArn: string;
    readonly sessionName: string;
    /** Milliseconds since 1970. */
    readonly expiresAt: number;
}

/** An access key and what belongs to it, as the SDK takes them. */
export interface Credentials {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
}

/** Access key of whoever deploys: the one administrator. */
export const deployer: Credentials = {
    accessKeyId: "AKIALOGLAKEDEPLOYER0",
    secretAccessKey: "only-a-name-on-this-machine",
};

/** The sessions that STS has given out, and the services that ask it for them. */
export class Identities {
    private readonly byAccessKey = new Map<string, Identity>();
    private readonly services = new Map<string, Credentials>();

    /** What the service `principal`, such as `glue.amazonaws.com`, signs with when it assumes a role. */
    ofService(principal: string): Credentials {
        const name = principal.split(".")[0] ?? principal;
        const known = this.services.get(principal) ?? {
            accessKeyId: `AKIASERVICE${name.toUpperCase().replace(/[^A-Z0-9]/g, "")}`,
            secretAccessKey: "only-a-name-on-this-machine",
        };
        this.services.set(principal, known);
        return known;
    }

    /** The service that signs with this access key. */
    serviceOf(accessKeyId: string | undefined): string | undefined {
        for (const [principal, known] of this.services)
            if (known.accessKeyId === accessKeyId) return principal;
        return undefined;
    }

    /** Remembers what an answer to `AssumeRole` gave out. An answer that gave nothing changes nothing. */
    learn(requestBody: Buffer, responseBody: Buffer): void {
        const xml = responseBody.toString("utf8");
        const value = (tag: string) => new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(xml)?.[1];
        const request = new URLSearchParams(requestBody.toString("utf8"));
        const roleArn = request.get("RoleArn");
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
            sessionName: request.get("RoleSessionName") ?? "",
            expiresAt: Number.isNaN(expiresAt) ? Infinity : expiresAt,
        });
    }

    /** The session that an access key belongs to. */
    of(accessKeyId: string | undefined): Identity | undefined {
        return accessKeyId === undefined ? undefined : this.byAccessKey.get(accessKeyId);
    }
}
