-- loglake: no-transaction
-- Redshift Spectrum over the processed tables of the Glue Data Catalog: nothing is copied, and a day that a run
-- publishes is readable at once.
CREATE EXTERNAL SCHEMA IF NOT EXISTS lake
FROM DATA CATALOG
DATABASE '${processed_database}'
IAM_ROLE '${warehouse_role_arn}';
