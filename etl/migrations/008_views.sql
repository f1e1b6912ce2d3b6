-- The questions that are asked first. Each view keeps dt and source, so that a WHERE on them reads only what it must.

CREATE VIEW logs.requests AS
SELECT
    f.event_id,
    f.dt,
    f.event_time,
    f.source,
    c.client_address,
    f.http_request_method,
    u.url_path,
    f.http_response_status_code,
    f.http_response_status_class,
    f.http_response_body_size,
    f.network_protocol_version,
    a.user_agent_original,
    a.user_agent_name,
    a.user_agent_os_name,
    a.user_agent_synthetic_type
FROM logs.fact_request f
LEFT JOIN logs.dim_client c ON c.client_key = f.client_key
LEFT JOIN logs.dim_url u ON u.url_key = f.url_key
LEFT JOIN logs.dim_user_agent a ON a.user_agent_key = f.user_agent_key;

COMMENT ON VIEW logs.requests IS 'Requests with their client, path and user agent in words';

CREATE VIEW logs.requests_by_hour AS
SELECT
    dt,
    source,
    DATE_TRUNC('hour', event_time) AS event_hour,
    COUNT(*) AS requests,
    COUNT(DISTINCT client_key) AS clients,
    SUM(http_response_body_size) AS http_response_body_size
FROM logs.fact_request
GROUP BY dt, source, DATE_TRUNC('hour', event_time);

COMMENT ON VIEW logs.requests_by_hour IS 'Requests, distinct clients and bytes sent in each hour';

CREATE VIEW logs.error_rate_by_hour AS
SELECT
    dt,
    source,
    event_hour,
    requests,
    client_errors,
    server_errors,
    CAST(client_errors AS double precision) / requests AS client_error_ratio,
    CAST(server_errors AS double precision) / requests AS server_error_ratio
FROM (
    SELECT
        dt,
        source,
        DATE_TRUNC('hour', event_time) AS event_hour,
        COUNT(*) AS requests,
        SUM(CASE WHEN http_response_status_class = '4xx' THEN 1 ELSE 0 END) AS client_errors,
        SUM(CASE WHEN http_response_status_class = '5xx' THEN 1 ELSE 0 END) AS server_errors
    FROM logs.fact_request
    GROUP BY dt, source, DATE_TRUNC('hour', event_time)
) AS hours;

COMMENT ON VIEW logs.error_rate_by_hour IS 'Share of 4xx and of 5xx responses in each hour, 0 to 1';

CREATE VIEW logs.top_paths AS
SELECT
    p.dt,
    p.source,
    ROW_NUMBER() OVER (PARTITION BY p.dt, p.source ORDER BY p.requests DESC, u.url_path) AS position_of_day,
    u.url_path,
    p.requests,
    p.clients,
    p.server_errors
FROM (
    SELECT
        dt,
        source,
        url_key,
        COUNT(*) AS requests,
        COUNT(DISTINCT client_key) AS clients,
        SUM(CASE WHEN http_response_status_class = '5xx' THEN 1 ELSE 0 END) AS server_errors
    FROM logs.fact_request
    GROUP BY dt, source, url_key
) AS p
INNER JOIN logs.dim_url u ON u.url_key = p.url_key;

COMMENT ON VIEW logs.top_paths IS 'Paths of each day and source, the most requested first: WHERE position_of_day <= 10';

CREATE VIEW logs.top_clients AS
SELECT
    p.dt,
    p.source,
    ROW_NUMBER() OVER (PARTITION BY p.dt, p.source ORDER BY p.requests DESC, c.client_address) AS position_of_day,
    c.client_address,
    p.requests,
    p.client_errors,
    p.http_response_body_size,
    p.first_seen,
    p.last_seen
FROM (
    SELECT
        dt,
        source,
        client_key,
        COUNT(*) AS requests,
        SUM(CASE WHEN http_response_status_class = '4xx' THEN 1 ELSE 0 END) AS client_errors,
        SUM(http_response_body_size) AS http_response_body_size,
        MIN(event_time) AS first_seen,
        MAX(event_time) AS last_seen
    FROM logs.fact_request
    GROUP BY dt, source, client_key
) AS p
INNER JOIN logs.dim_client c ON c.client_key = p.client_key;

COMMENT ON VIEW logs.top_clients IS 'Clients of each day and source, the busiest first: WHERE position_of_day <= 10';

CREATE VIEW logs.sessions_by_day AS
SELECT
    dt,
    source,
    COUNT(*) AS sessions,
    COUNT(DISTINCT client_key) AS clients,
    AVG(CAST(requests AS double precision)) AS requests_per_session,
    AVG(CAST(duration_seconds AS double precision)) AS seconds_per_session,
    CAST(SUM(CASE WHEN requests = 1 THEN 1 ELSE 0 END) AS double precision) / COUNT(*) AS single_request_ratio
FROM logs.fact_session
GROUP BY dt, source;

COMMENT ON VIEW logs.sessions_by_day IS 'Visits of each day: how many, how long, and the share that made one request';

CREATE VIEW logs.bots_and_people AS
SELECT
    f.dt,
    f.source,
    CASE WHEN a.user_agent_synthetic_type IS NULL THEN 'people' ELSE a.user_agent_synthetic_type END AS audience,
    COUNT(*) AS requests,
    COUNT(DISTINCT f.client_key) AS clients,
    SUM(f.http_response_body_size) AS http_response_body_size
FROM logs.fact_request f
LEFT JOIN logs.dim_user_agent a ON a.user_agent_key = f.user_agent_key
GROUP BY f.dt, f.source, CASE WHEN a.user_agent_synthetic_type IS NULL THEN 'people' ELSE a.user_agent_synthetic_type END;

COMMENT ON VIEW logs.bots_and_people IS 'Requests of declared bots beside everything else, by day; a bot that hides counts as people';

CREATE VIEW logs.quarantine_rate AS
SELECT
    dt,
    run_id,
    lines_in,
    events,
    quarantined,
    CAST(quarantined AS double precision) / NULLIF(events + quarantined, 0) AS quarantine_ratio,
    loaded_at
FROM (
    SELECT
        dt,
        run_id,
        lines_in,
        events,
        quarantined,
        loaded_at,
        ROW_NUMBER() OVER (PARTITION BY dt ORDER BY loaded_at DESC, run_id DESC) AS newest
    FROM loglake.load_audit
) AS loads
WHERE newest = 1;

COMMENT ON VIEW logs.quarantine_rate IS 'Share of the lines of each day that did not parse, by its newest load';

-- An external table can only be reached from a view that binds late
-- (https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_VIEW.html).
CREATE VIEW logs.quarantine_reasons AS
SELECT
    dt,
    source,
    format,
    reason,
    COUNT(*) AS lines
FROM lake.quarantine
GROUP BY dt, source, format, reason
WITH NO SCHEMA BINDING;

COMMENT ON VIEW logs.quarantine_reasons IS 'Why lines did not parse, by day and source, read in place from the lake';

GRANT SELECT ON ALL TABLES IN SCHEMA logs TO ROLE loglake_reader;
