/** Who may reach buckets: public access, ACLs, websites, access points. */
import { expectOneOf, expectTrue } from "../core/checks";
import { resourcePolicy, stackPolicy, type Policy } from "../core/policy";
import type { Property } from "../core/property";
import type { Subject } from "../core/subject";
import type { Verdict } from "../core/verdict";
import { block, bucketType, docs, eachBucket, part, settingsOf } from "./buckets";

const blocks = [
    "blockPublicAcls",
    "blockPublicPolicy",
    "ignorePublicAcls",
    "restrictPublicBuckets",
] as const;

const publicAccess = stackPolicy({
    name: "s3-bucket-public-access-block",
    title: "Buckets block public access",
    risk: "Without the four blocks, one policy or ACL written in haste opens the data to the internet.",
    severity: "critical",
    fsbp: ["S3.8", "S3.2", "S3.3"],
    remedy: "Add a BucketPublicAccessBlock with all four settings true.",
    url: `${docs}access-control-block-public-access.html`,
    judge: (stack, verdictOn) => {
        const missing = {
            finding: "block",
            property: "publicAccessBlock",
            fix: "add a BucketPublicAccessBlock with all four settings true",
        };
        const account = stack.of("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock");
        eachBucket(stack, verdictOn, missing, (bucket) =>
            account.length > 0
                ? undefined
                : settingsOf(stack, bucket, "PublicAccessBlock", "bucket"),
        );
        for (const block of [...stack.of(part("PublicAccessBlock")), ...account]) {
            for (const name of blocks)
                expectTrue(verdictOn(block), block.at(name), { fix: "set it to true" });
        }
    },
});

const accessPointBlocks: Readonly<Record<string, string>> = {
    "aws:s3/accessPoint:AccessPoint": "publicAccessBlockConfiguration",
    "aws:s3control/multiRegionAccessPoint:MultiRegionAccessPoint": "details.publicAccessBlock",
};

const accessPoints = resourcePolicy({
    name: "s3-access-point-public-access-block",
    title: "Access points block public access",
    risk: "An access point has blocks of its own, which can't be changed later; open ones are a second door to the bucket.",
    severity: "high",
    fsbp: ["S3.19", "S3.24"],
    types: Object.keys(accessPointBlocks),
    remedy: "Leave the public access block out, whose settings are true by default, or set all four to true.",
    url: `${docs}access-points-bpa-settings.html`,
    judge: (point, verdict) => {
        const block = point.at(accessPointBlocks[point.type] ?? "");
        for (const name of blocks)
            expectTrue(verdict, block.at(name), { absentIsFine: true, fix: "set it to true" });
    },
});

const objects = [part("Object"), part("Objectv2"), "aws:s3/objectCopy:ObjectCopy"];

const acls = resourcePolicy({
    name: "s3-bucket-acls-off",
    title: "ACLs are off",
    risk: "An ACL gives access that no policy shows, object by object, to other accounts or to everyone.",
    severity: "high",
    fsbp: ["S3.12"],
    types: [bucketType, part("OwnershipControls"), part("Acl"), ...objects],
    remedy: "Set BucketOwnershipControls to BucketOwnerEnforced, AWS's default for new buckets, and use policies.",
    url: `${docs}about-object-ownership.html`,
    judge: (subject, verdict) => {
        if (subject.type === part("OwnershipControls")) {
            expectOneOf(verdict, subject.at("rule.objectOwnership"), ["BucketOwnerEnforced"], {
                fix: "set it to BucketOwnerEnforced",
            });
            return;
        }
        const fix = "remove it and use a bucket policy";
        expectOneOf(verdict, subject.at("acl"), ["private", "bucket-owner-full-control"], {
            absentIsFine: true,
            fix,
        });
        for (const grant of grantsOf(subject, verdict)) {
            verdict.violation({
                finding: "grant",
                property: grant.path,
                found: granteeOf(grant) ?? "a grant",
                fix,
            });
        }
    },
});

/** Grants of an ACL that is written out, other than the owner's own. */
function grantsOf(subject: Subject, verdict: Verdict): readonly Property[] {
    const policy = subject.at("accessControlPolicy");
    const owner = policy.at("owner.id");
    const lists = [subject.at("grants"), policy.at("grants")];
    for (const list of lists.filter(({ unknown }) => unknown)) verdict.unseen(list);
    return lists
        .flatMap(({ items }) => items)
        .filter((grant) => {
            const who = granteeOf(grant);
            // A group's address is nobody's id, whoever the owner may turn out to be.
            const hidden = who === undefined || (owner.unknown && !who.includes("/"));
            if (hidden) verdict.unseen(grant);
            return !hidden && who !== owner.text;
        });
}

/** Id, group or address that a grant is for. */
const granteeOf = (grant: Property): string | undefined => {
    const grantee = grant.at("grantee").absent ? grant : grant.at("grantee");
    return ["uri", "id", "emailAddress"]
        .map((name) => grantee.at(name).text)
        .find((text) => text !== undefined);
};

const website = resourcePolicy({
    name: "s3-bucket-website",
    title: "Buckets serve no website",
    risk: "A website's endpoint knows no TLS and serves only what everybody may read.",
    severity: "high",
    types: [bucketType, part("WebsiteConfiguration")],
    remedy: "Serve files by CloudFront with origin access control, from a private bucket.",
    url: `${docs}WebsiteEndpoints.html`,
    judge: (subject, verdict) => {
        const apart = subject.type !== bucketType;
        const property = apart ? subject.at("bucket") : block(subject, "website");
        if (!apart && property.unknown) verdict.unseen(property);
        if (property.absent || (!apart && property.unknown)) return;
        verdict.violation({
            finding: "website",
            property: apart ? "website" : property.path,
            found: "website hosting",
            fix: "remove it, and serve the files by CloudFront",
        });
    },
});

export const access: readonly Policy[] = [publicAccess, accessPoints, acls, website];
