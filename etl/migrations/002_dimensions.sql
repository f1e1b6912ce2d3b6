-- Dimensions. A key is xxhash64 of the whole natural key, made by the job, so that it is the same in every run and on
-- every day, and a load needs no look-up. Redshift does not enforce primary keys: they are the load's promise to the
-- planner, which the load keeps by inserting only what is missing. Encodings are left to ENCODE AUTO, the default.

-- Joined on client_key by nearly every question, and large: spread as the facts are.
CREATE TABLE logs.dim_client (
    client_key bigint NOT NULL,
    client_address varchar(255) NOT NULL,
    network_type varchar(4),
    truncated boolean NOT NULL,
    PRIMARY KEY (client_key)
)
DISTSTYLE KEY
DISTKEY (client_key)
SORTKEY (client_key);

COMMENT ON TABLE logs.dim_client IS 'One row for each client address ever seen';
COMMENT ON COLUMN logs.dim_client.client_key IS 'xxhash64 of client_address';
COMMENT ON COLUMN logs.dim_client.client_address IS 'IP address or host name, as logged';
COMMENT ON COLUMN logs.dim_client.network_type IS 'ipv4 or ipv6, null for a host name';
COMMENT ON COLUMN logs.dim_client.truncated IS 'True when client_address was longer than its column and was cut';

-- 8192 bytes hold every path that Apache (LimitRequestLine 8190) or nginx (8k buffers) lets in with its defaults;
-- varchar(65535) would cost memory in every query, as Redshift plans for the declared width.
CREATE TABLE logs.dim_url (
    url_key bigint NOT NULL,
    url_path varchar(8192) NOT NULL,
    url_extension varchar(16),
    truncated boolean NOT NULL,
    PRIMARY KEY (url_key)
)
DISTSTYLE AUTO
SORTKEY (url_key);

COMMENT ON TABLE logs.dim_url IS 'One row for each normalised URL path ever seen';
COMMENT ON COLUMN logs.dim_url.url_key IS 'xxhash64 of the whole url_path, also where the column had to cut it';
COMMENT ON COLUMN logs.dim_url.url_path IS 'Normalised path, without the query string';
COMMENT ON COLUMN logs.dim_url.url_extension IS 'Extension of the last segment in lower case, without the dot';
COMMENT ON COLUMN logs.dim_url.truncated IS 'True when url_path was longer than its column and was cut';

-- Small and joined by every question about bots: a copy on each node.
CREATE TABLE logs.dim_user_agent (
    user_agent_key bigint NOT NULL,
    user_agent_original varchar(8192) NOT NULL,
    user_agent_name varchar(128),
    user_agent_version varchar(64),
    user_agent_os_name varchar(64),
    user_agent_synthetic_type varchar(16),
    truncated boolean NOT NULL,
    PRIMARY KEY (user_agent_key)
)
DISTSTYLE ALL
SORTKEY (user_agent_key);

COMMENT ON TABLE logs.dim_user_agent IS 'One row for each User-Agent header ever seen, as the newest load parsed it';
COMMENT ON COLUMN logs.dim_user_agent.user_agent_key IS 'xxhash64 of the whole user_agent_original';
COMMENT ON COLUMN logs.dim_user_agent.user_agent_original IS 'The header, as logged';
COMMENT ON COLUMN logs.dim_user_agent.user_agent_name IS 'Product, such as Firefox';
COMMENT ON COLUMN logs.dim_user_agent.user_agent_version IS 'Version of the product';
COMMENT ON COLUMN logs.dim_user_agent.user_agent_os_name IS 'Operating system, such as Linux';
COMMENT ON COLUMN logs.dim_user_agent.user_agent_synthetic_type IS 'bot, or null for people';
COMMENT ON COLUMN logs.dim_user_agent.truncated IS 'True when a text was longer than its column and was cut';
