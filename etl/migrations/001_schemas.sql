-- The schemas of the warehouse. `lake`, the one that reaches S3, is external and comes in 006.
CREATE SCHEMA IF NOT EXISTS logs;
CREATE SCHEMA IF NOT EXISTS staging;
CREATE SCHEMA IF NOT EXISTS loglake;

-- Nobody keeps tables in `public`, where every user may create them unless told otherwise.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
