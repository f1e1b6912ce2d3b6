/** What S3 itself writes into other buckets. */
import { expectCustomerKey, expectOneOf } from "../core/checks";
import { resourcePolicy, type Policy } from "../core/policy";
import { block, bucketType, docs, part, visible } from "./buckets";

const replicas = resourcePolicy({
    name: "s3-bucket-replica-encryption",
    title: "Replicas are under a customer-managed key",
    risk: "What lies under KMS isn't replicated at all unless the rule says so, and the copy lies under whatever key the other bucket happens to have.",
    severity: "high",
    types: [bucketType, part("ReplicationConfig")],
    remedy: "In each rule set sourceSelectionCriteria.sseKmsEncryptedObjects to Enabled, and the destination's replicaKmsKeyId.",
    url: `${docs}replication-config-for-kms-objects.html`,
    judge: (subject, verdict) => {
        const apart = subject.type !== bucketType;
        const rules = apart
            ? subject.at("rules")
            : block(subject, "replicationConfiguration").at("rules");
        for (const rule of visible(rules, verdict).seen) {
            const status = rule.at("status");
            if (status.unknown) verdict.unseen(status);
            if (status.unknown || status.value === "Disabled") continue;
            const destination = block(rule, "destination");
            const key = destination.at(
                apart ? "encryptionConfiguration.replicaKmsKeyId" : "replicaKmsKeyId",
            );
            expectCustomerKey(verdict, key, { finding: "replicaKmsKeyId" });
            const criteria = block(rule, "sourceSelectionCriteria");
            const list = criteria.at("sseKmsEncryptedObjects");
            const [selected = list] = list.items;
            expectOneOf(
                verdict,
                selected.at(apart ? "status" : "enabled"),
                apart ? ["Enabled"] : [true],
                { finding: "sseKmsEncryptedObjects", fix: "switch it on" },
            );
        }
    },
});

const inventories = resourcePolicy({
    name: "s3-inventory-encryption",
    title: "Inventories are under a customer-managed key",
    risk: "The list of all objects, with names that tell customers and days, lies open to whoever may read the other bucket.",
    severity: "medium",
    types: ["aws:s3/inventory:Inventory"],
    remedy: "Set destination.bucket.encryption.sseKms.keyId.",
    url: `${docs}configure-inventory.html`,
    judge: (inventory, verdict) => {
        const encryption = inventory.at("destination.bucket.encryption");
        expectCustomerKey(verdict, encryption.at("sseKms.keyId"), { finding: "keyId" });
    },
});

export const copies: readonly Policy[] = [replicas, inventories];
