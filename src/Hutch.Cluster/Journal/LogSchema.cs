namespace Hutch.Cluster.Journal;

internal static class LogSchema
{
    /// <summary>The format of the tables and their contents. A server with another format does not join.</summary>
    public const int Format = 2;

    public const string ToBePacked = "packed_in IS NULL AND (bodies IS NOT NULL OR last_sequence > 0)";

    /// <summary>PostgreSQL's time, in milliseconds since 1970.</summary>
    public const string Now = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

    /// <summary>Serializes servers that make the tables at the same time: "hutchlog" in ASCII.</summary>
    public const string Lock = "SELECT pg_advisory_xact_lock(7527050322522173287)";

    /// <summary>
    /// The one row that every append locks and changes, so its page has free space for new versions (HOT). The time is that of the last
    /// append. Rows up to the trimmed one have no records any more. Rows up to the purged one have no data purged up to the purged record.
    /// Each server confirms in its folder's row when its own disk has none either.
    /// </summary>
    private const string Head =
        """
        CREATE TABLE site_head (
            is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
            site uuid NOT NULL,
            format integer NOT NULL,
            last_row bigint NOT NULL,
            last_id uuid NOT NULL,
            last_sequence bigint NOT NULL,
            time_ms bigint NOT NULL,
            trimmed_row bigint NOT NULL DEFAULT 0,
            purged_row bigint NOT NULL DEFAULT 0,
            purged_sequence bigint NOT NULL DEFAULT 0
        ) WITH (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)
        """;

    /// <summary>One row for each lane of a group. Uncompressed, so that slices can be read; bodies up to 8 kB are in the row.</summary>
    private const string Log =
        """
        CREATE TABLE site_log (
            number bigint PRIMARY KEY,
            id uuid NOT NULL,
            previous_id uuid NOT NULL,
            lane text COLLATE "C" NOT NULL,
            first_sequence bigint NOT NULL,
            last_sequence bigint NOT NULL,
            time_ms bigint NOT NULL,
            has_checkpoint boolean NOT NULL,
            journal bytea NOT NULL,
            directory bytea NOT NULL,
            bodies bytea,
            body_bytes bigint NOT NULL,
            packed_in text COLLATE "C"
        ) WITH (toast_tuple_target = 8160)
        """;

    private const string WholeBodies = "ALTER TABLE site_log ALTER COLUMN bodies SET STORAGE EXTERNAL";

    private const string Sequences =
        "CREATE UNIQUE INDEX site_log_sequences ON site_log (last_sequence) WHERE last_sequence > 0";

    /// <summary>For new servers, which begin with the newest checkpoint.</summary>
    private const string Checkpoints = "CREATE INDEX site_log_checkpoints ON site_log (number) WHERE has_checkpoint";

    /// <summary>For the packer, which begins with the oldest unpacked rows.</summary>
    private const string Unpacked = $"CREATE INDEX site_log_unpacked ON site_log (number) WHERE {ToBePacked}";

    private const string Packs = "CREATE SEQUENCE site_pack";

    /// <summary>Epochs of servers and leases. None is given twice, so that no one acts under an old identity.</summary>
    private const string Epochs = "CREATE SEQUENCE site_epoch";

    /// <summary>The running servers. A server that is missing, or has another epoch there, can append nothing.</summary>
    private const string Servers =
        """
        CREATE TABLE site_server (
            id uuid PRIMARY KEY,
            name text NOT NULL,
            epoch bigint NOT NULL,
            heartbeat timestamptz NOT NULL,
            applied_row bigint NOT NULL,
            oldest_operation bigint,
            address text,
            fingerprint text
        )
        """;

    /// <summary>The data folders of all servers, including stopped ones, and the id under which each writes objects.</summary>
    private const string Folders =
        """
        CREATE TABLE site_folder (
            server uuid PRIMARY KEY,
            name text NOT NULL,
            writer uuid NOT NULL,
            clean_row bigint NOT NULL
        )
        """;

    /// <summary>The holders of jobs that only one server may do.</summary>
    private const string Leases =
        """
        CREATE TABLE site_lease (
            job text COLLATE "C" PRIMARY KEY,
            server uuid NOT NULL,
            server_epoch bigint NOT NULL,
            epoch bigint NOT NULL,
            ends timestamptz NOT NULL
        )
        """;

    /// <summary>The running jobs and the last finished ones, for status requests.</summary>
    private const string Jobs =
        """
        CREATE TABLE site_job (
            id uuid PRIMARY KEY,
            kind text COLLATE "C" NOT NULL,
            server uuid NOT NULL,
            server_epoch bigint NOT NULL,
            server_name text NOT NULL,
            started timestamptz NOT NULL,
            finished timestamptz,
            state text NOT NULL,
            progress double precision NOT NULL,
            message text,
            report text
        )
        """;

    /// <summary>The read positions of queues of the bus, and of rows of runs on their way elsewhere.</summary>
    private const string Cursors =
        """
        CREATE TABLE site_cursor (queue text COLLATE "C" PRIMARY KEY, position bigint NOT NULL)
        """;

    /// <summary>The statements that prepare an empty database for a log, in order.</summary>
    public static IReadOnlyList<string> Tables { get; } =
        [Head, Log, WholeBodies, Sequences, Checkpoints, Unpacked, Packs, Epochs, Servers, Folders, Leases, Jobs, Cursors];

    public const string FirstHead =
        """
        INSERT INTO site_head (site, format, last_row, last_id, last_sequence, time_ms)
        VALUES ($1, $2, 0, '00000000-0000-0000-0000-000000000000', 0, 0)
        """;
}
