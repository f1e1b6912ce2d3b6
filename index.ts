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

/** Everything below `_staging/` is the loader's, everything else that is written of the processed bucket is Spark's or a plan. */
const sparkPrefixes = [...tables.map((table) => `${table.name}/`), "_runs/"];

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

    lake.grantReadRaw("spark", spark.runtimeRole);
    lake.grantWriteProcessed("spark", spark.runtimeRole, sparkPrefixes);
    lake.grantReadArtifacts("spark", spark.runtimeRole, "spark-app/");

    lake.grantReadProcessed("loader", loader.role);
    lake.grantWriteProcessed("loader", loader.role, ["_staging/"]);
    lake.grantReadArtifacts("loader", loader.role, "etl/");
    lake.grantPublishPartitions("loader", loader.role);
    warehouse.grantQuery("loader", loader.role);

    lake.grantReadProcessed("warehouse", warehouse.role);
    lake.grantReadCatalog("warehouse", warehouse.role, "processed");

    lake.grantReadCatalog("planner", workflow.plannerRole, "raw");
    lake.grantWriteProcessed("planner", workflow.plannerRole, ["_runs/"]);

    lake.grantRunCrawler("workflow", workflow.role);
    lake.grantReadProcessed("workflow", workflow.role);
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
