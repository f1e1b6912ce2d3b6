-- A schema for what the notebooks keep, and their user: the IAM role that they log on as.
CREATE SCHEMA IF NOT EXISTS notebooks;
CREATE ROLE analyst;
CREATE USER "${workflow_user}" PASSWORD DISABLE;
GRANT ROLE analyst TO "${workflow_user}";
GRANT USAGE, CREATE ON SCHEMA notebooks TO ROLE analyst;
