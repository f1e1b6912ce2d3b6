-- What was loaded, written by the load in its own transaction: no row, no load.
CREATE TABLE loglake.load_audit (
    dt date NOT NULL,
    run_id varchar(80) NOT NULL,
    lines_in bigint NOT NULL,
    events bigint NOT NULL,
    quarantined bigint NOT NULL,
    skipped bigint NOT NULL,
    fact_request_rows bigint NOT NULL,
    fact_session_rows bigint NOT NULL,
    truncated_rows bigint NOT NULL,
    loaded_at timestamp NOT NULL,
    PRIMARY KEY (dt, run_id)
)
DISTSTYLE ALL
SORTKEY (dt);

COMMENT ON TABLE loglake.load_audit IS 'One row for each run that was loaded; the newest of a dt is the one in the facts';
COMMENT ON COLUMN loglake.load_audit.dt IS 'Day that was replaced';
COMMENT ON COLUMN loglake.load_audit.run_id IS 'Name of the workflow execution';
COMMENT ON COLUMN loglake.load_audit.lines_in IS 'Lines read, by the manifest: events, quarantined and skipped together';
COMMENT ON COLUMN loglake.load_audit.events IS 'Events, by the manifest';
COMMENT ON COLUMN loglake.load_audit.quarantined IS 'Lines that did not parse, by the manifest';
COMMENT ON COLUMN loglake.load_audit.skipped IS 'Headers and blank lines, by the manifest';
COMMENT ON COLUMN loglake.load_audit.fact_request_rows IS 'Rows of the day in logs.fact_request, counted in the transaction';
COMMENT ON COLUMN loglake.load_audit.fact_session_rows IS 'Rows of the day in logs.fact_session, counted in the transaction';
COMMENT ON COLUMN loglake.load_audit.truncated_rows IS 'Staged rows, facts and dimensions, with a value that did not fit its column';
COMMENT ON COLUMN loglake.load_audit.loaded_at IS 'Time of the load, UTC';
