-- loglake: no-transaction
GRANT USAGE ON SCHEMA lake TO ROLE analyst;
