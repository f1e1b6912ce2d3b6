/** Glue's catalog, crawlers and jobs. */
import { compact, pascal, type Creator, type Creators } from "./types";

const database: Creator = async (inputs, { api, accountId }, name) => {
    const Name = String(inputs.name ?? name);
    const DatabaseInput = compact({
        Name,
        Description: inputs.description,
        LocationUri: inputs.locationUri,
        Parameters: inputs.parameters,
    });
    await api("glue", "CreateDatabase", { DatabaseInput });
    return { id: `${accountId}:${Name}`, outputs: { name: Name, catalogId: accountId } };
};

const table: Creator = async (inputs, { api, accountId }, name) => {
    const Name = String(inputs.name ?? name);
    const { serDeInfo, columns, parameters, ...storage } = inputs.storageDescriptor ?? {};
    const StorageDescriptor = compact({
        ...pascal(storage),
        Columns: pascal(columns),
        Parameters: parameters,
        SerdeInfo: compact({
            Name: serDeInfo?.name,
            SerializationLibrary: serDeInfo?.serializationLibrary,
            Parameters: serDeInfo?.parameters,
        }),
    });
    const TableInput = compact({
        Name,
        Description: inputs.description,
        Owner: inputs.owner,
        Retention: inputs.retention,
        TableType: inputs.tableType,
        Parameters: inputs.parameters,
        PartitionKeys: pascal(inputs.partitionKeys),
        StorageDescriptor,
    });
    await api("glue", "CreateTable", { DatabaseName: inputs.databaseName, TableInput });
    return { id: `${accountId}:${String(inputs.databaseName)}:${Name}`, outputs: { name: Name } };
};

const classifier: Creator = async (inputs, { api }, name) => {
    const Name = String(inputs.name ?? name);
    const { grokClassifier, jsonClassifier, csvClassifier, xmlClassifier } = inputs;
    const of = (rules: unknown) => (rules === undefined ? undefined : { Name, ...pascal(rules) });
    await api(
        "glue",
        "CreateClassifier",
        compact({
            GrokClassifier: of(grokClassifier),
            JsonClassifier: of(jsonClassifier),
            CsvClassifier: of(csvClassifier),
            XMLClassifier: of(xmlClassifier),
        }),
    );
    return { id: Name, outputs: { name: Name } };
};

const crawler: Creator = async (inputs, { api }, name) => {
    const Name = String(inputs.name ?? name);
    await api(
        "glue",
        "CreateCrawler",
        compact({
            Name,
            Role: inputs.role,
            DatabaseName: inputs.databaseName,
            Description: inputs.description,
            Targets: { S3Targets: pascal(inputs.s3Targets) },
            Classifiers: inputs.classifiers,
            TablePrefix: inputs.tablePrefix,
            Schedule: inputs.schedule,
            RecrawlPolicy: pascal(inputs.recrawlPolicy),
            SchemaChangePolicy: pascal(inputs.schemaChangePolicy),
            LineageConfiguration: pascal(inputs.lineageConfiguration),
            Configuration: inputs.configuration,
            CrawlerSecurityConfiguration: inputs.securityConfiguration,
            Tags: inputs.tags,
        }),
    );
    return { id: Name, outputs: { name: Name } };
};

const job: Creator = async (inputs, { api }, name) => {
    const Name = String(inputs.name ?? name);
    await api(
        "glue",
        "CreateJob",
        compact({
            Name,
            Role: inputs.roleArn,
            Description: inputs.description,
            Command: pascal(inputs.command),
            DefaultArguments: inputs.defaultArguments,
            NonOverridableArguments: inputs.nonOverridableArguments,
            GlueVersion: inputs.glueVersion,
            WorkerType: inputs.workerType,
            NumberOfWorkers: inputs.numberOfWorkers,
            MaxRetries: inputs.maxRetries,
            Timeout: inputs.timeout,
            ExecutionProperty: pascal(inputs.executionProperty),
            ExecutionClass: inputs.executionClass,
            NotificationProperty: pascal(inputs.notificationProperty),
            SecurityConfiguration: inputs.securityConfiguration,
            Connections:
                inputs.connections === undefined ? undefined : { Connections: inputs.connections },
            JobRunQueuingEnabled: inputs.jobRunQueuingEnabled,
            MaintenanceWindow: inputs.maintenanceWindow,
            Tags: inputs.tags,
        }),
    );
    return { id: Name, outputs: { name: Name } };
};

const securityConfiguration: Creator = async (inputs, { api }, name) => {
    const Name = String(inputs.name ?? name);
    const { s3Encryption, cloudwatchEncryption, jobBookmarksEncryption } =
        inputs.encryptionConfiguration;
    const EncryptionConfiguration = {
        S3Encryption: [pascal(s3Encryption)],
        CloudWatchEncryption: {
            CloudWatchEncryptionMode: cloudwatchEncryption.cloudwatchEncryptionMode,
            KmsKeyArn: cloudwatchEncryption.kmsKeyArn,
        },
        JobBookmarksEncryption: pascal(jobBookmarksEncryption),
    };
    await api("glue", "CreateSecurityConfiguration", { Name, EncryptionConfiguration });
    return { id: Name, outputs: { name: Name } };
};

export const glue: Creators = {
    "aws:glue/catalogDatabase:CatalogDatabase": database,
    "aws:glue/catalogTable:CatalogTable": table,
    "aws:glue/classifier:Classifier": classifier,
    "aws:glue/crawler:Crawler": crawler,
    "aws:glue/job:Job": job,
    "aws:glue/securityConfiguration:SecurityConfiguration": securityConfiguration,
};
