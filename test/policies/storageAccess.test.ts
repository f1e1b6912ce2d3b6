/** Who may reach buckets. */
import { bucket, part, blocks } from "./buckets";
import { describePolicy, resource, unknown, usePack, without } from "./support";

const everybody = "http://acs.amazonaws.com/groups/global/AllUsers";
/** An ACL with one grant, owned by the account `0a1`. */
const grants = (grantee: object) => ({
    owner: { id: "0a1" },
    grants: [{ permission: "READ", grantee }],
});
const accessPoint = (properties: object = {}) =>
    resource("aws:s3/accessPoint:AccessPoint", "point", { bucket: "data", ...properties });

describe("policies on who may reach buckets", () => {
    usePack();

    describePolicy("s3-bucket-public-access-block", {
        fails: {
            "a bucket without a block": ["block", bucket()],
            "one of four blocks open": [
                "restrictPublicBuckets",
                bucket(),
                part("PublicAccessBlock", { ...blocks, restrictPublicBuckets: false }),
            ],
            "one of four blocks left out": [
                "blockPublicPolicy",
                bucket(),
                part("PublicAccessBlock", without(blocks, "blockPublicPolicy")),
            ],
        },
        passes: {
            "all four": [bucket(), part("PublicAccessBlock", blocks)],
            "the account's block": [
                bucket(),
                resource(
                    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
                    "account",
                    blocks,
                ),
            ],
        },
        unseen: {
            "a block that is only known later": [
                bucket(),
                part("PublicAccessBlock", { ...blocks, blockPublicAcls: unknown }),
            ],
        },
    });

    describePolicy("s3-bucket-acls-off", {
        fails: {
            "ACLs by ownership": [
                "rule.objectOwnership",
                bucket(),
                part("OwnershipControls", { rule: { objectOwnership: "ObjectWriter" } }),
            ],
            "a public ACL": ["acl", bucket({ acl: "public-read" })],
            "a public ACL apart": ["acl", bucket(), part("Acl", { acl: "public-read-write" })],
            "ACLs by ownership, of objects that owners hand over": [
                "rule.objectOwnership",
                bucket(),
                part("OwnershipControls", { rule: { objectOwnership: "BucketOwnerPreferred" } }),
            ],
            "a grant to everybody, written out": [
                "grant",
                bucket(),
                part("Acl", { accessControlPolicy: grants({ type: "Group", uri: everybody }) }),
            ],
            "a grant to another account, written out": [
                "grant",
                bucket(),
                part("Acl", { accessControlPolicy: grants({ type: "CanonicalUser", id: "f00" }) }),
            ],
            "a grant inline": [
                "grant",
                bucket({ grants: [{ type: "Group", uri: everybody, permissions: ["READ"] }] }),
            ],
            "a public object": [
                "acl",
                resource("aws:s3/bucketObjectv2:BucketObjectv2", "o", {
                    bucket: "data",
                    acl: "public-read",
                }),
            ],
        },
        passes: {
            "the owner's control": [
                bucket(),
                part("OwnershipControls", { rule: { objectOwnership: "BucketOwnerEnforced" } }),
            ],
            "AWS's default": [bucket()],
            "a private ACL of the provider's older type": [
                bucket(),
                resource("aws:s3/bucketAclV2:BucketAclV2", "acl", { acl: "private" }),
            ],
            "the owner's own grant, written out": [
                bucket(),
                part("Acl", { accessControlPolicy: grants({ type: "CanonicalUser", id: "0a1" }) }),
            ],
        },
        unseen: {
            "ownership that is only known later": [
                bucket(),
                part("OwnershipControls", { rule: { objectOwnership: unknown } }),
            ],
            "a grantee that is only known later": [
                bucket(),
                part("Acl", {
                    accessControlPolicy: grants({ type: "CanonicalUser", id: unknown }),
                }),
            ],
        },
    });

    describePolicy("s3-access-point-public-access-block", {
        fails: {
            "one of four blocks open": [
                "publicAccessBlockConfiguration.blockPublicPolicy",
                accessPoint({
                    publicAccessBlockConfiguration: { ...blocks, blockPublicPolicy: false },
                }),
            ],
            "a point of many Regions without blocks": [
                "details.publicAccessBlock.ignorePublicAcls",
                resource("aws:s3control/multiRegionAccessPoint:MultiRegionAccessPoint", "point", {
                    details: { publicAccessBlock: { ...blocks, ignorePublicAcls: false } },
                }),
            ],
        },
        passes: {
            "all four": [accessPoint({ publicAccessBlockConfiguration: blocks })],
            "AWS's default, which is all four": [accessPoint()],
        },
        unseen: {
            "a block that is only known later": [
                accessPoint({
                    publicAccessBlockConfiguration: { ...blocks, blockPublicPolicy: unknown },
                }),
            ],
        },
    });

    describePolicy("s3-bucket-website", {
        fails: {
            "a website apart": [
                "website",
                bucket(),
                part("WebsiteConfiguration", { indexDocument: { suffix: "index.html" } }),
            ],
            "a website inline": ["website", bucket({ website: { indexDocument: "index.html" } })],
            "a website of the provider's older type": [
                "website",
                resource("aws:s3/bucketV2:BucketV2", "data", {
                    websites: [{ indexDocument: "index.html" }],
                }),
            ],
        },
        passes: { "no website": [bucket()] },
        unseen: { "a website that is only known later": [bucket({ website: unknown })] },
    });
});
