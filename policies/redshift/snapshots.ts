/** Copies of Redshift's snapshots in other Regions. */
import { expectCustomerKey, expectSet } from "../core/checks";
import { resourcePolicy, type Policy } from "../core/policy";

const grantType = "aws:redshift/snapshotCopyGrant:SnapshotCopyGrant";

const copies = resourcePolicy({
    name: "redshift-snapshot-copy-encryption",
    title: "Copies of snapshots are under a customer-managed key",
    risk: "A copy of the whole warehouse lies in another Region under AWS's key, or isn't made at all where the cluster has a key of its own.",
    severity: "high",
    types: ["aws:redshift/snapshotCopy:SnapshotCopy", grantType],
    remedy: "Add a SnapshotCopyGrant with kmsKeyId in the other Region and name it in snapshotCopyGrantName.",
    url: "https://docs.aws.amazon.com/redshift/latest/mgmt/cross-region-snapshot-copy.html",
    judge: (subject, verdict) => {
        if (subject.type === grantType) expectCustomerKey(verdict, subject.at("kmsKeyId"));
        else {
            expectSet(verdict, subject.at("snapshotCopyGrantName"), {
                fix: "name a SnapshotCopyGrant with a key of your own",
            });
        }
    },
});

export const snapshots: readonly Policy[] = [copies];
