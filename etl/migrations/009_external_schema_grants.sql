-- loglake: no-transaction
-- GRANT on an external resource refuses a transaction (https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT.html),
-- and may only be USAGE, which opens every table of the schema.
GRANT USAGE ON SCHEMA lake TO ROLE loglake_reader;
