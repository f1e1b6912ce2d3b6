-- Facts. What is not here (query string, referer, user name, protocol details) is one join away in lake.events, by
-- event_id and dt. Sorted by time, as nearly every question is about a recent range of it; rows of one dt lie together
-- too, since most events of a day arrive on it, so that replacing a day reads few blocks.
CREATE TABLE logs.fact_request (
    event_id varchar(64) NOT NULL,
    dt date NOT NULL,
    event_time timestamp NOT NULL,
    source varchar(255) NOT NULL,
    client_key bigint,
    url_key bigint,
    user_agent_key bigint,
    http_request_method varchar(16),
    http_response_status_code smallint,
    http_response_status_class varchar(8),
    http_response_body_size bigint,
    network_protocol_version varchar(16),
    truncated boolean NOT NULL,
    PRIMARY KEY (event_id)
)
DISTSTYLE KEY
DISTKEY (client_key)
SORTKEY (event_time);

COMMENT ON TABLE logs.fact_request IS 'One row for each request; a dt is replaced as a whole by the load of a run';
COMMENT ON COLUMN logs.fact_request.event_id IS 'Hash of the log file and the line in it';
COMMENT ON COLUMN logs.fact_request.dt IS 'Day on which the log arrived, the partition of the lake; event_time may lie on another';
COMMENT ON COLUMN logs.fact_request.event_time IS 'Time of the request, UTC';
COMMENT ON COLUMN logs.fact_request.source IS 'Folder of the raw bucket that the log came from';
COMMENT ON COLUMN logs.fact_request.client_key IS 'logs.dim_client, null when no address was logged';
COMMENT ON COLUMN logs.fact_request.url_key IS 'logs.dim_url, null when no path was logged';
COMMENT ON COLUMN logs.fact_request.user_agent_key IS 'logs.dim_user_agent, null when no header was logged';
COMMENT ON COLUMN logs.fact_request.http_request_method IS 'Known HTTP method, else _OTHER';
COMMENT ON COLUMN logs.fact_request.http_response_status_code IS 'Status of the response';
COMMENT ON COLUMN logs.fact_request.http_response_status_class IS '1xx to 5xx, _OTHER for any other status';
COMMENT ON COLUMN logs.fact_request.http_response_body_size IS 'Bytes sent, without headers';
COMMENT ON COLUMN logs.fact_request.network_protocol_version IS 'Version of HTTP, such as 1.1';
COMMENT ON COLUMN logs.fact_request.truncated IS 'True when a value did not fit its column: a text was cut, a number became null';

CREATE TABLE logs.fact_session (
    dt date NOT NULL,
    source varchar(255) NOT NULL,
    client_key bigint NOT NULL,
    session_start timestamp NOT NULL,
    session_end timestamp NOT NULL,
    duration_seconds bigint NOT NULL,
    requests bigint NOT NULL,
    entry_url_key bigint,
    exit_url_key bigint,
    truncated boolean NOT NULL
)
DISTSTYLE KEY
DISTKEY (client_key)
SORTKEY (session_start);

COMMENT ON TABLE logs.fact_session IS 'One row for each visit: requests of one client to one source with no gap over 30 minutes';
COMMENT ON COLUMN logs.fact_session.dt IS 'Day on which the log arrived; a visit never spans two of them';
COMMENT ON COLUMN logs.fact_session.source IS 'Folder of the raw bucket that the log came from';
COMMENT ON COLUMN logs.fact_session.client_key IS 'logs.dim_client';
COMMENT ON COLUMN logs.fact_session.session_start IS 'Time of the first request, UTC';
COMMENT ON COLUMN logs.fact_session.session_end IS 'Time of the last request, UTC';
COMMENT ON COLUMN logs.fact_session.duration_seconds IS 'session_end less session_start; 0 for a visit of one request';
COMMENT ON COLUMN logs.fact_session.requests IS 'Requests of the visit';
COMMENT ON COLUMN logs.fact_session.entry_url_key IS 'logs.dim_url of the first request';
COMMENT ON COLUMN logs.fact_session.exit_url_key IS 'logs.dim_url of the last request';
COMMENT ON COLUMN logs.fact_session.truncated IS 'True when a value did not fit its column';
