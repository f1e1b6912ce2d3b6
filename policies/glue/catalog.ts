/** The Data Catalog: its encryption, its connections, and who may use it by Lake Formation. */
import { expectCustomerKey, expectNotTrue, expectOneOf, expectTrue } from "../core/checks";
import { resourcePolicy, stackPolicy, type Policy } from "../core/policy";
import type { Property } from "../core/property";
import { isSecret } from "../core/secrets";
import type { Verdict } from "../core/verdict";

const settingsType = "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings";
const docs = "https://docs.aws.amazon.com/glue/latest/dg/";
const lakeDocs = "https://docs.aws.amazon.com/lake-formation/latest/dg/";

const connection = resourcePolicy({
    name: "glue-connection-security",
    title: "Connections use TLS and no password in clear text",
    risk: "The password lies in the catalog for everyone with glue:GetConnection, and travels with the data in the clear.",
    severity: "high",
    types: ["aws:glue/connection:Connection"],
    remedy: "Set JDBC_ENFORCE_SSL (KAFKA_SSL_ENABLED) to true, leave certificates to be checked, and name a secret by SECRET_ID.",
    url: `${docs}connection-properties.html`,
    judge: (subject, verdict) => {
        const properties = subject.at("connectionProperties");
        const type = subject.at("connectionType");
        const expectTls = (name: string, absentIsFine: boolean) => {
            const expectation = { finding: name, absentIsFine, fix: "set it to true" };
            expectTrue(verdict, properties.at(name), expectation);
        };
        if (type.absent || type.value === "JDBC") expectTls("JDBC_ENFORCE_SSL", false);
        expectTls("KAFKA_SSL_ENABLED", true); // true by default
        for (const name of [
            "SKIP_CUSTOM_JDBC_CERT_VALIDATION",
            "KAFKA_SKIP_CUSTOM_CERT_VALIDATION",
        ]) {
            const expectation = { finding: name, fix: "remove it" };
            expectNotTrue(verdict, properties.at(name), expectation);
        }
        for (const [name, value] of properties.entries) {
            if (!holdsPassword(name, value)) continue;
            verdict.violation({
                finding: name,
                property: value.path,
                found: "a password",
                fix: "name a secret by SECRET_ID",
            });
        }
    },
});

/** As a parameter, or as Oracle's drivers take it: `thin:user/password@host`. */
const passwordInUrl = /[?;&]password=|:(thin|oci):[^@/]+\/[^@]+@/i;

const holdsPassword = (name: string, value: Property): boolean =>
    name.endsWith("URL")
        ? isSecret("url", value.value) || passwordInUrl.test(value.text ?? "")
        : name.endsWith("PASSWORD") && value.value !== "";

const catalog = resourcePolicy({
    name: "glue-data-catalog-encryption",
    title: "The Data Catalog is encrypted under a customer-managed key",
    risk: "Table definitions and the passwords of connections lie in the clear.",
    severity: "high",
    types: [settingsType],
    remedy: "Set catalogEncryptionMode to SSE-KMS and returnConnectionPasswordEncrypted to true, with customer-managed keys.",
    url: `${docs}encrypt-glue-data-catalog.html`,
    judge: (subject, verdict) => {
        const settings = subject.at("dataCatalogEncryptionSettings");
        const atRest = settings.at("encryptionAtRest");
        const passwords = settings.at("connectionPasswordEncryption");
        expectOneOf(
            verdict,
            atRest.at("catalogEncryptionMode"),
            ["SSE-KMS", "SSE-KMS-WITH-SERVICE-ROLE"],
            { finding: "catalogEncryptionMode", fix: "set it to SSE-KMS" },
        );
        expectCustomerKey(verdict, atRest.at("sseAwsKmsKeyId"), { finding: "sseAwsKmsKeyId" });
        expectTrue(verdict, passwords.at("returnConnectionPasswordEncrypted"), {
            finding: "returnConnectionPasswordEncrypted",
            fix: "set it to true",
        });
        expectCustomerKey(verdict, passwords.at("awsKmsKeyId"), { finding: "awsKmsKeyId" });
    },
});

const catalogSettings = stackPolicy({
    name: "glue-data-catalog-settings",
    title: "Whoever keeps databases in the Data Catalog says how it is encrypted",
    risk: "Without settings the catalog isn't encrypted under any key of one's own. They hold for a whole account and Region: where another stack owns them, an exemption says which.",
    severity: "medium",
    remedy: "Add a DataCatalogEncryptionSettings for the same catalog.",
    url: `${docs}encrypt-glue-data-catalog.html`,
    judge: (stack, verdictOn) => {
        for (const database of stack.of("aws:glue/catalogDatabase:CatalogDatabase")) {
            const catalog = database.at("catalogId");
            const others = stack.of(settingsType).map((settings) => settings.at("catalogId"));
            // Without an id it is the account's own, as that id says, too.
            const fits = others.some((id) => id.text === catalog.text);
            const may = others.some((id) => id.unknown || catalog.unknown);
            if (fits) continue;
            if (may) verdictOn(database).unseen("catalogId");
            else {
                verdictOn(database).violation({
                    finding: "settings",
                    property: "catalogId",
                    found: catalog.value,
                    fix: "add a DataCatalogEncryptionSettings for this catalog",
                });
            }
        }
    },
});

/** Properties that say to whom Lake Formation grants something. */
const grantees: Readonly<Record<string, readonly string[]>> = {
    "aws:lakeformation/permissions:Permissions": ["principal"],
    "aws:lakeformation/dataLakeSettings:DataLakeSettings": [
        "createDatabaseDefaultPermissions",
        "createTableDefaultPermissions",
    ],
};

const lakeGrants = resourcePolicy({
    name: "lakeformation-named-principals",
    title: "Lake Formation grants to named principals",
    risk: "IAM_ALLOWED_PRINCIPALS and the whole account's IAMPrincipals open tables to everybody whose IAM policy has a wildcard, past every grant by column or row.",
    severity: "high",
    types: Object.keys(grantees),
    remedy: "Name roles as principals, and leave the default permissions of new databases and tables empty.",
    url: `${lakeDocs}change-settings.html`,
    judge: (subject, verdict) => {
        for (const path of grantees[subject.type] ?? []) {
            const property = subject.at(path);
            if (property.unknown) verdict.unseen(property);
            for (const item of property.items) {
                judgeGrantee(path === "principal" ? item : item.at("principal"), verdict);
            }
        }
    },
});

function judgeGrantee(principal: Property, verdict: Verdict): void {
    if (principal.unknown) verdict.unseen(principal);
    if (!/^(\*|IAM_ALLOWED_PRINCIPALS|\d{12}:IAMPrincipals)$/.test(principal.text ?? "")) return;
    verdict.violation({
        finding: `Principal::${principal.text ?? ""}`,
        property: principal.path,
        found: principal.value,
        fix: "name the roles that need it",
    });
}

export const catalogs: readonly Policy[] = [connection, catalog, catalogSettings, lakeGrants];
