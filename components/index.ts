/** The components, for the program here and for programs of other teams. */
export { GlueLoader, type GlueLoaderArgs } from "./glueLoader";
export {
    alertTopicArn,
    PipelineMonitoring,
    type PipelineMonitoringArgs,
} from "./pipelineMonitoring";
export { PipelineWorkflow, type PipelineWorkflowArgs } from "./pipelineWorkflow";
export { RawLake, type RawLakeArgs } from "./rawLake";
export { RedshiftWarehouse, type RedshiftWarehouseArgs } from "./redshiftWarehouse";
export { SparkProcessor, type SparkProcessorArgs } from "./sparkProcessor";
export { formats, tables, type Format, type Table } from "../formats";
