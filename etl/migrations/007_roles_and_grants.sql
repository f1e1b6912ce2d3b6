-- Two roles: the loader writes and creates nothing, the reader (analysts, and the workflow's check) only reads.
-- A user is the IAM role that it logs on as, IAMR:<role name>, and has no password
-- (https://docs.aws.amazon.com/redshift/latest/APIReference/API_GetClusterCredentialsWithIAM.html).
CREATE ROLE loglake_loader;
CREATE ROLE loglake_reader;

GRANT USAGE ON SCHEMA logs, staging, loglake TO ROLE loglake_loader;
GRANT SELECT, INSERT ON logs.dim_client, logs.dim_url TO ROLE loglake_loader;
GRANT SELECT, INSERT, DELETE ON logs.dim_user_agent, logs.fact_request, logs.fact_session TO ROLE loglake_loader;
GRANT SELECT, INSERT, DELETE ON ALL TABLES IN SCHEMA staging TO ROLE loglake_loader;
GRANT SELECT, INSERT, DELETE ON loglake.load_audit TO ROLE loglake_loader;

GRANT USAGE ON SCHEMA logs, loglake TO ROLE loglake_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA logs TO ROLE loglake_reader;
GRANT SELECT ON loglake.load_audit TO ROLE loglake_reader;

-- Without this, every user may COPY, UNLOAD and call functions with the permissions of the warehouse's IAM role
-- (https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT-usage-notes.html). Spectrum queries are not affected.
REVOKE ASSUMEROLE ON ALL FROM PUBLIC FOR ALL;
GRANT ASSUMEROLE ON '${warehouse_role_arn}' TO ROLE loglake_loader FOR COPY;

CREATE USER "${loader_user}" PASSWORD DISABLE;
CREATE USER "${workflow_user}" PASSWORD DISABLE;
GRANT ROLE loglake_loader TO "${loader_user}";
GRANT ROLE loglake_reader TO "${workflow_user}";
