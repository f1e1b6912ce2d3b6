-- Where COPY puts a day before the same transaction moves it on. COPY matches the columns of Parquet by position, so
-- each table has the columns of its target in the same order, which a test of the job holds together. No key and no
-- constraint: what may not be null is refused by the target, with its name.
CREATE TABLE staging.dim_client (
    client_key bigint,
    client_address varchar(255),
    network_type varchar(4),
    truncated boolean
)
DISTSTYLE KEY
DISTKEY (client_key);

CREATE TABLE staging.dim_url (
    url_key bigint,
    url_path varchar(8192),
    url_extension varchar(16),
    truncated boolean
)
DISTSTYLE AUTO;

CREATE TABLE staging.dim_user_agent (
    user_agent_key bigint,
    user_agent_original varchar(8192),
    user_agent_name varchar(128),
    user_agent_version varchar(64),
    user_agent_os_name varchar(64),
    user_agent_synthetic_type varchar(16),
    truncated boolean
)
DISTSTYLE EVEN;

CREATE TABLE staging.fact_request (
    event_id varchar(64),
    dt date,
    event_time timestamp,
    source varchar(255),
    client_key bigint,
    url_key bigint,
    user_agent_key bigint,
    http_request_method varchar(16),
    http_response_status_code smallint,
    http_response_status_class varchar(8),
    http_response_body_size bigint,
    network_protocol_version varchar(16),
    truncated boolean
)
DISTSTYLE KEY
DISTKEY (client_key);

CREATE TABLE staging.fact_session (
    dt date,
    source varchar(255),
    client_key bigint,
    session_start timestamp,
    session_end timestamp,
    duration_seconds bigint,
    requests bigint,
    entry_url_key bigint,
    exit_url_key bigint,
    truncated boolean
)
DISTSTYLE KEY
DISTKEY (client_key);

COMMENT ON TABLE staging.dim_client IS 'Clients of the load under way';
COMMENT ON TABLE staging.dim_url IS 'URL paths of the load under way';
COMMENT ON TABLE staging.dim_user_agent IS 'User agents of the load under way';
COMMENT ON TABLE staging.fact_request IS 'Requests of the load under way';
COMMENT ON TABLE staging.fact_session IS 'Sessions of the load under way';
