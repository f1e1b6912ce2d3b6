/** The stack: settings, network, components, and what each role is granted of the others' resources. */
import * as loglake from "./components";
import { siteOf } from "./components/iam";
import { tables } from "./formats";
import { createNetwork } from "./network";
import { loadSettings } from "./settings";

/** Where Spectrum finds the processed tables. COPY finds the loads' files in `_staging/`, and runs are recorded in `_runs/`. */
const allTables = tables.map((table) => `${table.name}/`);
const plannersLookUps = ["glue:GetTables", "glue:GetPartition"] as const;

export = () => {
    const { name, protect, forceDestroy, ...settings } = loadSettings();
    const network = createNetwork(name, settings.network);
    const lake = new loglake.RawLake(name, { ...settings.lake, protect, forceDestroy });
    const spark = new loglake.SparkProcessor(name, {
        ...settings.spark,
        ...network,
        artifactsBucketName: lake.artifactsBucketName,
        keyArn: lake.keyArn,
        terminationProtected: protect,
    });
    const warehouse = new loglake.RedshiftWarehouse(name, {
        ...settings.warehouse,
        ...network,
        processedDatabaseName: lake.processedDatabaseName,
        grants: (role) => [
            lake.grantObjects("warehouse", role, { readProcessed: [...allTables, "_staging/"] }),
            lake.grantReadCatalog("warehouse", role, "processed"),
        ],
        protect,
        finalSnapshot: !forceDestroy,
    });
    const loader = new loglake.GlueLoader(name, {
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
    const workflow = new loglake.PipelineWorkflow(name, {
        ...settings.workflow,
        crawlerName: lake.crawlerName,
        rawDatabaseName: lake.rawDatabaseName,
        processedBucketName: lake.processedBucketName,
        spark: spark.workflowTarget,
        jobName: loader.jobName,
        clusterIdentifier: warehouse.clusterIdentifier,
        databaseName: warehouse.databaseName,
        alertTopicArn: loglake.alertTopicArn(siteOf(lake), name),
    });
    const monitoring = new loglake.PipelineMonitoring(name, {
        ...settings.monitoring,
        sparkClusterId: spark.clusterId,
        stateMachineArn: workflow.stateMachineArn,
        crawlerName: lake.crawlerName,
        jobName: loader.jobName,
        clusterIdentifier: warehouse.clusterIdentifier,
        spectrumUsageLimitId: warehouse.spectrumUsageLimitId,
    });

    lake.grantObjects("spark", spark.runtimeRole, {
        readRaw: true,
        writeProcessed: [...allTables, "_runs/"],
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
    lake.grantReadCatalog("planner", workflow.plannerRole, "raw", plannersLookUps);
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
