/** What the AWS provider is configured with, as far as the rest of the stack has to know it. */
import { list, section, text, texts, type Note, type Read } from "./schema";

const any = text("some text", /./);

/** A role that the provider assumes; how long its sessions last is of no use to anybody else. */
const role = section(
    { roleArn: text("the ARN of a role", /^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/) },
    {
        duration: any,
        externalId: any,
        sessionName: any,
        sourceIdentity: any,
        policy: any,
        policyArns: list(any),
        tags: texts,
        transitiveTagKeys: list(any),
    },
);

const known = section({ region: any }, { profile: any, assumeRoles: list(role) });

/** Whose credentials the provider uses, where it is told so by secrets or by files: these are not handed on. */
const unshared = [
    ...["accessKey", "secretKey", "token", "assumeRoleWithWebIdentity"],
    ...["sharedConfigFiles", "sharedCredentialsFiles"],
];

/** Reads `configured`, the keys of `aws:`, and passes over those that are the provider's own business. */
export function readProvider(
    configured: Readonly<Record<string, unknown>>,
    note: Note,
): Partial<Read<typeof known>> {
    for (const key of unshared.filter((each) => each in configured)) {
        note(
            key,
            "can't be used: the migrations take their credentials from the environment, aws:profile and aws:assumeRoles",
        );
    }
    const { region, profile, assumeRoles } = configured;
    const given = Object.entries({ region, profile, assumeRoles }).filter(
        ([, value]) => value !== undefined,
    );
    return known(Object.fromEntries(given), "", note) ?? {};
}
