-- loglake: no-transaction
-- The lake of the other stack, read in place: CREATE EXTERNAL SCHEMA and GRANT on one refuse a transaction.
CREATE EXTERNAL SCHEMA IF NOT EXISTS lake
FROM DATA CATALOG
DATABASE '${processed_database}'
IAM_ROLE '${warehouse_role_arn}';
