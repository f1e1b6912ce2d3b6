/** The stack: settings, network, components, and what each role is granted of the others' resources. */
import {
    alertTopicArn,
    GlueLoader,
    PipelineMonitoring,
    PipelineWorkflow,
    RawLake,
    RedshiftWarehouse,
    SparkProcessor,
} from "./components";
import { siteOf } from "./components/iam";
import { tables } from "./formats";
import { createNetwork } from "./network";
import { loadSettings } from "./settings";

/** Where the processed tables lie. What else there is: the records of runs in `_runs/`, the loads' files in `_staging/`. */
const tablePrefixes = tables.map((table) => `${table.name}/`);

export = () => {
    const settings = loadSettings();
    const { name, protect, forceDestroy } = settings;

    const network = createNetwork(name, settings.network);
    const lake = new RawLake(name, { ...settings.lake, protect, forceDestroy });
    const spark = new SparkProcessor(name, {
        ...settings.spark,
        vpcId: network.vpcId,
        subnetIds: network.subnetIds,
        artifactsBucketName: lake.artifactsBucketName,
        keyArn: lake.keyArn,
        terminationProtected: protect,
    });
    const warehouse = new RedshiftWarehouse(name, {
        ...settings.warehouse,
        vpcId: network.vpcId,
        subnetIds: network.subnetIds,
        processedDatabaseName: lake.processedDatabaseName,
        // the tables to Spectrum, the loads' files to COPY
        grants: (role) => [
            lake.grantObjects("warehouse", role, {
                readProcessed: [...tablePrefixes, "_staging/"],
            }),
            lake.grantReadCatalog("warehouse", role, "processed"),
        ],
        protect,
        finalSnapshot: !forceDestroy,
    });
    const loader = new GlueLoader(name, {
        ...settings.loader,
        artifactsBucketName: lake.artifactsBucketName,
        keyArn: lake.keyArn,
        securityConfigurationName: lake.glueSecurityConfigurationName,
        processedBucketName: lake.processedBucketName,
        processedDatabaseName: lake.processedDatabaseName,
        clusterIdentifier: warehouse.clusterIdentifier,
        databaseName: warehouse.databaseName,
        warehouseRoleArn: warehouse.roleArn,
    });
    const workflow = new PipelineWorkflow(name, {
        ...settings.workflow,
        crawlerName: lake.crawlerName,
        rawDatabaseName: lake.rawDatabaseName,
        processedBucketName: lake.processedBucketName,
        spark: spark.workflowTarget,
        jobName: loader.jobName,
        clusterIdentifier: warehouse.clusterIdentifier,
        databaseName: warehouse.databaseName,
        alertTopicArn: alertTopicArn(siteOf(lake), name),
    });
    const cluster = spark.workflowTarget;
    const monitoring = new PipelineMonitoring(name, {
        ...settings.monitoring,
        ...(cluster.mode === "persistent" ? { sparkClusterId: cluster.clusterId } : {}),
        stateMachineArn: workflow.stateMachineArn,
        crawlerName: lake.crawlerName,
        jobName: loader.jobName,
        clusterIdentifier: warehouse.clusterIdentifier,
        spectrumUsageLimitId: warehouse.spectrumUsageLimitId,
    });

    lake.grantObjects("spark", spark.runtimeRole, {
        readRaw: true,
        writeProcessed: [...tablePrefixes, "_runs/"],
        readArtifacts: ["spark-app/"],
    });

    lake.grantObjects("loader", loader.role, {
        readProcessed: ["events/", "sessions/", "_runs/"],
        writeProcessed: ["_staging/"],
        readArtifacts: ["etl/"],
    });
    lake.grantPublishPartitions("loader", loader.role);
    warehouse.grantBatch("loader", loader.role);

    lake.grantObjects("planner", workflow.plannerRole, { putProcessed: ["_runs/"] });
    lake.grantReadCatalog("planner", workflow.plannerRole, "raw", [
        "glue:GetTables",
        "glue:GetPartition",
    ]);

    lake.grantRunCrawler("workflow", workflow.role);
    lake.grantObjects("workflow", workflow.role, { getProcessed: ["_runs/"] });
    spark.grantRunSteps("workflow", workflow.role);
    loader.grantRun("workflow", workflow.role);
    warehouse.grantQuery("workflow", workflow.role);
    monitoring.grantPublish("workflow", workflow.role);

    return {
        rawBucketName: lake.rawBucketName,
        rawDatabaseName: lake.rawDatabaseName,
        processedBucketName: lake.processedBucketName,
        stateMachineArn: workflow.stateMachineArn,
        clusterIdentifier: warehouse.clusterIdentifier,
        databaseName: warehouse.databaseName,
        adminSecretArn: warehouse.adminSecretArn,
        alertTopicArn: monitoring.topicArn,
        dashboardName: monitoring.dashboardName,
    };
};
