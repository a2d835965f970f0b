using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Site;

/// <summary>
/// The tables of <c>site.db</c>, as numbered migrations. All of their contents follow from the journal, so that any of these tables may be
/// dropped and filled again. Times are milliseconds since 1970, ids and hashes are text.
/// </summary>
internal static class SiteSchema
{
    /// <summary>Sets the engine of tasks that an earlier version wrote without one.</summary>
    public const string FillEngines =
        "UPDATE run_tasks SET engine = (SELECT json_extract(description, '$.task.engine') FROM runs WHERE id = run) WHERE engine IS NULL";

    /// <summary>The migrations, in order; each is applied once, in one transaction.</summary>
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new(1, "datasets, heads, snapshots, blobs, sessions, runs, events", """
        CREATE TABLE site_state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        INSERT INTO site_state (name, value) VALUES ('applied', 0);

        -- "key" is the sequence number of the record that created the dataset: short, and the same after a rebuild.
        CREATE TABLE datasets (
            key INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            owner TEXT NOT NULL,
            slug TEXT NOT NULL,
            title TEXT,
            type TEXT NOT NULL,
            origin TEXT NOT NULL,
            created INTEGER NOT NULL,
            created_by TEXT NOT NULL,
            page TEXT NOT NULL,
            content TEXT NOT NULL,
            files INTEGER NOT NULL,
            bytes INTEGER NOT NULL,
            snapshot INTEGER,
            last_number INTEGER NOT NULL,
            closed INTEGER,
            expires INTEGER,
            trashed_until INTEGER,
            ended INTEGER,
            ended_way TEXT,
            ended_reason TEXT);

        CREATE TABLE parents (
            dataset INTEGER NOT NULL, position INTEGER NOT NULL,
            parent TEXT NOT NULL, snapshot INTEGER, root TEXT,
            PRIMARY KEY (dataset, position)) WITHOUT ROWID;
        CREATE INDEX parents_of ON parents (parent);

        CREATE TABLE overlay (
            dataset INTEGER NOT NULL, path TEXT NOT NULL,
            entry TEXT, sequence INTEGER NOT NULL,
            PRIMARY KEY (dataset, path)) WITHOUT ROWID;

        CREATE TABLE snapshots (
            dataset INTEGER NOT NULL, number INTEGER NOT NULL,
            page TEXT NOT NULL, content TEXT NOT NULL, files INTEGER NOT NULL, bytes INTEGER NOT NULL,
            parent INTEGER, reason TEXT NOT NULL, author TEXT NOT NULL, message TEXT, time INTEGER NOT NULL,
            PRIMARY KEY (dataset, number)) WITHOUT ROWID;

        CREATE TABLE tags (
            dataset INTEGER NOT NULL, tag TEXT NOT NULL, number INTEGER NOT NULL,
            PRIMARY KEY (dataset, tag)) WITHOUT ROWID;

        CREATE TABLE metadata (
            dataset INTEGER NOT NULL, version INTEGER NOT NULL,
            time INTEGER NOT NULL, author TEXT NOT NULL, document TEXT NOT NULL,
            PRIMARY KEY (dataset, version)) WITHOUT ROWID;

        CREATE TABLE blobs (hash TEXT PRIMARY KEY, size INTEGER NOT NULL, upload TEXT NOT NULL, expires INTEGER) WITHOUT ROWID;
        CREATE TABLE extents (
            upload TEXT NOT NULL, start INTEGER NOT NULL, length INTEGER NOT NULL, crc INTEGER NOT NULL,
            PRIMARY KEY (upload, start)) WITHOUT ROWID;

        CREATE TABLE sessions (
            id TEXT PRIMARY KEY, dataset INTEGER NOT NULL, author TEXT NOT NULL,
            base INTEGER, started INTEGER NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE session_blobs (
            session TEXT NOT NULL, hash TEXT NOT NULL,
            PRIMARY KEY (session, hash)) WITHOUT ROWID;
        CREATE TABLE session_extents (
            session TEXT NOT NULL, hash TEXT NOT NULL, start INTEGER NOT NULL,
            size INTEGER NOT NULL, upload TEXT NOT NULL, length INTEGER NOT NULL, crc INTEGER NOT NULL,
            PRIMARY KEY (session, hash, start)) WITHOUT ROWID;

        CREATE TABLE runs (
            id TEXT PRIMARY KEY, sequence INTEGER NOT NULL, started INTEGER NOT NULL, finished INTEGER,
            outcome TEXT, message TEXT, description TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE run_inputs (
            run TEXT NOT NULL, position INTEGER NOT NULL, dataset TEXT NOT NULL, snapshot INTEGER, root TEXT,
            PRIMARY KEY (run, position)) WITHOUT ROWID;
        CREATE INDEX run_inputs_of ON run_inputs (dataset);
        CREATE TABLE run_outputs (
            run TEXT NOT NULL, dataset TEXT NOT NULL,
            PRIMARY KEY (run, dataset)) WITHOUT ROWID;
        CREATE INDEX run_outputs_of ON run_outputs (dataset);

        CREATE TABLE results (
            dataset INTEGER NOT NULL, run TEXT NOT NULL, frame INTEGER NOT NULL,
            row TEXT NOT NULL, sequence INTEGER NOT NULL,
            PRIMARY KEY (dataset, run, frame)) WITHOUT ROWID;
        CREATE INDEX results_in_order ON results (dataset, sequence);

        -- The outbox: events in order. Each consumer has a cursor in it.
        CREATE TABLE events (
            sequence INTEGER PRIMARY KEY, time INTEGER NOT NULL, kind TEXT NOT NULL, dataset INTEGER, data TEXT NOT NULL);

        CREATE TABLE checkpoint_parts (position INTEGER PRIMARY KEY, hash TEXT NOT NULL);
        """),
        new(2, "what finished runs wrote", """
        ALTER TABLE runs ADD COLUMN frames INTEGER;
        ALTER TABLE runs ADD COLUMN failures INTEGER;
        """),
        new(3, "purges to be completed, indexes for what ends by the clock", """
        -- Purged datasets whose bytes may still be in segments.
        CREATE TABLE purges (dataset INTEGER PRIMARY KEY);
        CREATE INDEX datasets_in_trash ON datasets (trashed_until) WHERE trashed_until IS NOT NULL;
        CREATE INDEX datasets_expiring ON datasets (expires) WHERE expires IS NOT NULL;
        CREATE INDEX blobs_expiring ON blobs (expires) WHERE expires IS NOT NULL;
        """),
        new(4, "uploads in parts, settings of doors", """
        -- The place of the extents of a blob of several parts; null for those under the blob's own upload and offset.
        ALTER TABLE extents ADD COLUMN part TEXT;
        ALTER TABLE extents ADD COLUMN part_start INTEGER;

        CREATE TABLE uploads (
            id TEXT PRIMARY KEY, dataset INTEGER NOT NULL, path TEXT NOT NULL, attributes TEXT NOT NULL,
            checksum TEXT, author TEXT NOT NULL, started INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX uploads_in_order ON uploads (dataset, path, id);
        CREATE TABLE upload_parts (
            upload TEXT NOT NULL, number INTEGER NOT NULL, part TEXT NOT NULL, size INTEGER NOT NULL,
            time INTEGER NOT NULL, checksum TEXT, expires INTEGER, extents TEXT NOT NULL,
            PRIMARY KEY (upload, number)) WITHOUT ROWID;

        CREATE TABLE settings (
            dataset INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
            PRIMARY KEY (dataset, name)) WITHOUT ROWID;
        CREATE INDEX settings_by_name ON settings (name);

        -- The number of days for which a file of transient data is retained after its PUT; "expires" advances with each day of PUTs.
        ALTER TABLE datasets ADD COLUMN transient_days INTEGER;
        """),
        new(5, "quotas and what owners held", """
        CREATE TABLE quotas (owner TEXT PRIMARY KEY, bytes INTEGER, entries INTEGER) WITHOUT ROWID;
        CREATE TABLE usage_days (
            day INTEGER NOT NULL, owner TEXT NOT NULL, bytes INTEGER NOT NULL, entries INTEGER NOT NULL,
            PRIMARY KEY (day, owner)) WITHOUT ROWID;
        CREATE INDEX datasets_of_owner ON datasets (owner);
        """),
        new(6, "frames that runs skipped", "ALTER TABLE runs ADD COLUMN skipped TEXT;"),
        new(7, "temporary data that made room", """
        CREATE TABLE dropped_segments (
            segment INTEGER PRIMARY KEY, time INTEGER NOT NULL, files INTEGER NOT NULL, bytes INTEGER NOT NULL);
        CREATE INDEX dropped_segments_in_order ON dropped_segments (time);

        -- The time at which a temporary dataset became permanent: files that had expired by then are missing.
        ALTER TABLE datasets ADD COLUMN kept INTEGER;

        -- The temporary blobs to which the extents of a segment belong.
        CREATE INDEX blobs_expiring_by_upload ON blobs (upload) WHERE expires IS NOT NULL;
        CREATE INDEX extents_by_part ON extents (part) WHERE part IS NOT NULL;
        """),
        new(8, "files in the facility's folders", """
        ALTER TABLE datasets ADD COLUMN folder TEXT;
        -- Such a row waits for its hash: compaction leaves it in place.
        ALTER TABLE overlay ADD COLUMN pending INTEGER NOT NULL DEFAULT 0;

        -- "gone" is the time at which the file was found changed or missing: the row then has the reason why its bytes cannot be read.
        CREATE TABLE folder_files (
            dataset INTEGER NOT NULL, path TEXT NOT NULL, name TEXT NOT NULL,
            size INTEGER NOT NULL, modified INTEGER NOT NULL, changed INTEGER NOT NULL, inode INTEGER NOT NULL,
            hashed INTEGER NOT NULL, gone INTEGER,
            PRIMARY KEY (dataset, path, name)) WITHOUT ROWID;
        CREATE INDEX folder_files_by_name ON folder_files (name);
        CREATE INDEX folder_files_to_hash ON folder_files (dataset, path) WHERE hashed = 0 AND gone IS NULL;
        """),
        new(9, "the identity of a facility's folder", """
        ALTER TABLE datasets ADD COLUMN folder_identity TEXT;
        CREATE INDEX datasets_by_folder_identity ON datasets (folder_identity) WHERE folder_identity IS NOT NULL;
        CREATE INDEX datasets_by_folder ON datasets (folder) WHERE folder IS NOT NULL;
        """),
        new(10, "the number of the last record that changed a head", """
        -- Without the overlay, where each change has its own; null while the tree is unchanged.
        ALTER TABLE datasets ADD COLUMN changed INTEGER;
        UPDATE datasets SET changed = (SELECT value FROM site_state WHERE name = 'applied');
        """),
        new(11, "datasets that are being made to last", """
        ALTER TABLE datasets ADD COLUMN keeping TEXT;
        ALTER TABLE datasets ADD COLUMN keeping_until INTEGER;
        CREATE INDEX datasets_being_kept ON datasets (keeping_until) WHERE keeping_until IS NOT NULL;
        """),
        new(12, "what git and git-annex brought", """
        -- The tree of the repository, and the last record whose content of keys is in the head; null before the first push by git.
        ALTER TABLE datasets ADD COLUMN repository TEXT;
        ALTER TABLE datasets ADD COLUMN repository_content TEXT;
        ALTER TABLE datasets ADD COLUMN repository_files INTEGER;
        ALTER TABLE datasets ADD COLUMN repository_bytes INTEGER;
        ALTER TABLE datasets ADD COLUMN repository_through INTEGER;

        CREATE TABLE annex_keys (
            dataset INTEGER NOT NULL, name TEXT NOT NULL, hash TEXT NOT NULL, size INTEGER NOT NULL, sequence INTEGER NOT NULL,
            PRIMARY KEY (dataset, name)) WITHOUT ROWID;
        CREATE INDEX annex_keys_in_order ON annex_keys (dataset, sequence);
        """),
        new(13, "copies of datasets whose home is another site", """
        ALTER TABLE datasets ADD COLUMN home TEXT;
        ALTER TABLE datasets ADD COLUMN epoch INTEGER;
        ALTER TABLE datasets ADD COLUMN history TEXT;

        -- The dataset whose copy is arriving: it may have no row yet.
        ALTER TABLE sessions ADD COLUMN copies TEXT;
        """),
        new(14, "homes that were given up", """
        ALTER TABLE datasets ADD COLUMN released_epoch INTEGER;
        ALTER TABLE datasets ADD COLUMN released_history TEXT;
        ALTER TABLE datasets ADD COLUMN released_to TEXT;
        CREATE INDEX datasets_released ON datasets (id) WHERE released_to IS NOT NULL;
        """),
        new(15, "when the content of keys came", """
        -- 0 for rows of earlier releases.
        ALTER TABLE annex_keys ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX annex_keys_by_time ON annex_keys (held, dataset);
        """),
        new(16, "datasets that ended, in order", "CREATE INDEX datasets_ended ON datasets (changed) WHERE ended IS NOT NULL;"),
        new(17, "snapshots that homes of copies have thinned out", """
        ALTER TABLE snapshots ADD COLUMN left_out_until INTEGER;
        CREATE INDEX snapshots_left_out ON snapshots (left_out_until) WHERE left_out_until IS NOT NULL;
        """),
        new(18, "copies that were restored at their site", """
        ALTER TABLE datasets ADD COLUMN restored_here INTEGER;
        CREATE INDEX datasets_restored_here ON datasets (id) WHERE restored_here IS NOT NULL;
        """),
        new(19, "copies that are held for their homes", """
        ALTER TABLE datasets ADD COLUMN held_nonce TEXT;
        ALTER TABLE datasets ADD COLUMN held_home TEXT;
        CREATE INDEX datasets_held ON datasets (id) WHERE held_nonce IS NOT NULL;
        """),
        new(20, "bytes that homes have given up", """
        ALTER TABLE datasets ADD COLUMN eviction TEXT;
        CREATE INDEX datasets_evicted ON datasets (id) WHERE eviction IS NOT NULL;
        """),
        new(21, "rules by which git is shown files", """
        ALTER TABLE datasets ADD COLUMN git_rule INTEGER;
        """),
        new(22, "what pushes may name, as it came", """
        -- The hashes that a record lets a push name, separated by spaces. Many are sorted into session_blobs at once: one row for each
        -- on arrival would change nearly as many pages, since hashes have no order.
        CREATE TABLE session_lists (
            session TEXT NOT NULL, sequence INTEGER NOT NULL, hashes INTEGER NOT NULL, list TEXT NOT NULL,
            PRIMARY KEY (session, sequence)) WITHOUT ROWID;
        """),
        new(23, "what older versions and metadata have", """
        -- The bytes of files that the snapshot before has and this one lacks.
        ALTER TABLE snapshots ADD COLUMN replaced INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX snapshots_replacing ON snapshots (dataset) WHERE replaced > 0;
        ALTER TABLE datasets ADD COLUMN metadata_bytes INTEGER NOT NULL DEFAULT 0;
        UPDATE datasets SET metadata_bytes =
            (SELECT coalesce(sum(length(CAST(document AS BLOB))), 0) FROM metadata WHERE dataset = key);
        """),
        new(24, "what waits for a commit, and who started runs", """
        -- The bytes that a push or an upload in parts has sent: large files with their announced size, small parts as SiteUploadPart.
        ALTER TABLE sessions ADD COLUMN sent_bytes INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE sessions ADD COLUMN sent_files INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE uploads ADD COLUMN sent_bytes INTEGER NOT NULL DEFAULT 0;
        UPDATE sessions SET (sent_bytes, sent_files) = (
            SELECT coalesce(sum(size), 0), count(*) FROM (SELECT DISTINCT hash, size FROM session_extents WHERE session = id));
        UPDATE uploads SET sent_bytes = 4096 + (SELECT coalesce(sum(max(size, 4096)), 0) FROM upload_parts WHERE upload = id);

        -- The number of runs that each account has started here; records are never deleted.
        CREATE TABLE run_starters (starter TEXT PRIMARY KEY, runs INTEGER NOT NULL) WITHOUT ROWID;
        INSERT INTO run_starters (starter, runs) SELECT json_extract(description, '$.user'), count(*) FROM runs WHERE NOT EXISTS (
            SELECT 1 FROM run_outputs o JOIN datasets d ON d.id = o.dataset WHERE d.home IS NOT NULL AND o.run = runs.id) GROUP BY 1;
        CREATE INDEX datasets_living ON datasets (owner) WHERE ended IS NULL AND home IS NULL;
        CREATE INDEX run_inputs_of_version ON run_inputs (dataset, snapshot);
        DROP INDEX run_inputs_of;
        CREATE INDEX runs_unfinished ON runs (sequence) WHERE finished IS NULL;

        -- Now with the settings of doors and the records of runs.
        UPDATE datasets SET metadata_bytes = metadata_bytes
            + (SELECT coalesce(sum(length(CAST(value AS BLOB))), 0) FROM settings WHERE dataset = key);
        """),
        new(25, "runs that engines execute", """
        -- One row for each run with a task, for the queue, without the run's description.
        CREATE TABLE run_tasks (
            run TEXT PRIMARY KEY, sequence INTEGER NOT NULL, starter TEXT NOT NULL, program TEXT NOT NULL, phase TEXT NOT NULL,
            attempt TEXT NOT NULL) WITHOUT ROWID;
        CREATE INDEX run_tasks_by_phase ON run_tasks (phase, sequence);
        """),
        new(26, "programs that start by themselves", """
        -- The dataset is empty for all datasets of the account.
        CREATE TABLE program_switches (
            program TEXT NOT NULL, account TEXT NOT NULL, dataset TEXT NOT NULL, parameters TEXT,
            PRIMARY KEY (program, account, dataset)) WITHOUT ROWID;
        CREATE INDEX program_switches_of ON program_switches (dataset, account);
        CREATE TABLE program_wanted (dataset TEXT PRIMARY KEY, sequence INTEGER NOT NULL) WITHOUT ROWID;

        -- One row for each start, due or not, so that none happens twice. The reason is that of a start that was dropped.
        CREATE TABLE program_starts (
            dataset TEXT NOT NULL, program TEXT NOT NULL, rule TEXT NOT NULL, account TEXT NOT NULL, parameters TEXT,
            depth INTEGER NOT NULL, sequence INTEGER NOT NULL, run TEXT, reason TEXT,
            PRIMARY KEY (dataset, program, rule)) WITHOUT ROWID;
        CREATE INDEX program_starts_due ON program_starts (sequence) WHERE run IS NULL AND reason IS NULL;
        """),
        new(27, "statements about reruns", """
        -- The reason is that of a comparison without a statement.
        CREATE TABLE statements (
            dataset TEXT NOT NULL, run TEXT NOT NULL, document TEXT, proof TEXT, reason TEXT, sequence INTEGER NOT NULL,
            PRIMARY KEY (dataset, run)) WITHOUT ROWID;
        """),
        new(28, "parts of runs", """
        CREATE TABLE run_parts (
            run TEXT NOT NULL, name TEXT NOT NULL, sequence INTEGER NOT NULL, state TEXT NOT NULL, part TEXT NOT NULL,
            PRIMARY KEY (run, name)) WITHOUT ROWID;
        CREATE INDEX run_parts_by_state ON run_parts (run, state, sequence);
        CREATE INDEX run_parts_in_order ON run_parts (run, sequence);
        """),
        new(29, "engines that runs wait for", $"""
        ALTER TABLE run_tasks ADD COLUMN engine TEXT;
        {FillEngines};

        -- The oldest run of each account and program, without a look at those behind it.
        CREATE INDEX run_tasks_waiting ON run_tasks (engine, starter, program, sequence) WHERE phase = 'queued';
        """),
        new(30, "delays before further attempts", """
        ALTER TABLE run_tasks ADD COLUMN not_before INTEGER;
        CREATE INDEX run_tasks_delayed ON run_tasks (engine, not_before) WHERE phase = 'delayed';
        """),
        new(31, "programs that follow others", """
        CREATE TABLE program_after (run TEXT PRIMARY KEY, sequence INTEGER NOT NULL) WITHOUT ROWID;
        """),
        new(32, "the order of changes of attempts", """
        -- The sequence number of the newest record about the attempts of a run, or about its end.
        ALTER TABLE run_tasks ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX run_tasks_by_change ON run_tasks (changed);
        """),
        new(33, "budgets of processor time", """
        -- The payer is empty for runs of earlier releases. Times are milliseconds of one core: the most of an attempt, and the sum of those
        -- that have ended.
        ALTER TABLE run_tasks ADD COLUMN payer TEXT NOT NULL DEFAULT '';
        ALTER TABLE run_tasks ADD COLUMN cores INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE run_tasks ADD COLUMN attempt_time INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE run_tasks ADD COLUMN used_time INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX run_tasks_reserved ON run_tasks (payer, attempt_time) WHERE phase IN ('issued', 'claimed');
        DROP INDEX run_tasks_waiting;
        CREATE INDEX run_tasks_waiting ON run_tasks (engine, starter, program, payer, sequence) WHERE phase = 'queued';

        CREATE TABLE processor_budgets (owner TEXT PRIMARY KEY, core_seconds INTEGER NOT NULL, monthly INTEGER NOT NULL) WITHOUT ROWID;
        -- The month is that in which the attempts ended, such as 202611.
        CREATE TABLE processor_time (
            owner TEXT NOT NULL, month INTEGER NOT NULL, time INTEGER NOT NULL,
            PRIMARY KEY (owner, month)) WITHOUT ROWID;
        """),
        new(34, "runs at other sites", """
        -- The site that is to start it, and the version that it reads there.
        ALTER TABLE program_starts ADD COLUMN site TEXT;
        ALTER TABLE program_starts ADD COLUMN snapshot INTEGER;
        CREATE TABLE handed_runs (
            run TEXT PRIMARY KEY, dataset TEXT NOT NULL, output TEXT NOT NULL, program TEXT NOT NULL, version TEXT NOT NULL,
            account TEXT NOT NULL, site TEXT NOT NULL, site_name TEXT NOT NULL, time INTEGER NOT NULL,
            sequence INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX handed_runs_of ON handed_runs (dataset, sequence);
        """),
    ];

    /// <summary>The tables in a checkpoint, which a rebuild fills, in the order in which they are written.</summary>
    public static IReadOnlyList<string> Tables { get; } =
    [
        "site_state", "datasets", "parents", "overlay", "snapshots", "tags", "metadata", "blobs", "extents", "sessions",
        "session_blobs", "session_lists", "session_extents", "runs", "run_inputs", "run_outputs", "results", "events", "checkpoint_parts",
        "purges", "uploads", "upload_parts", "settings", "quotas", "usage_days", "dropped_segments", "folder_files",
        "annex_keys", "run_starters", "run_tasks", "program_switches", "program_wanted", "program_after", "program_starts",
        "statements", "run_parts", "processor_budgets", "processor_time", "handed_runs",
    ];

    /// <summary>The columns that order the rows of each table.</summary>
    public static IReadOnlyDictionary<string, string> PrimaryKeys { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["site_state"] = "name",
        ["datasets"] = "key",
        ["parents"] = "dataset, position",
        ["overlay"] = "dataset, path",
        ["snapshots"] = "dataset, number",
        ["tags"] = "dataset, tag",
        ["metadata"] = "dataset, version",
        ["blobs"] = "hash",
        ["extents"] = "upload, start",
        ["sessions"] = "id",
        ["session_blobs"] = "session, hash",
        ["session_lists"] = "session, sequence",
        ["session_extents"] = "session, hash, start",
        ["runs"] = "id",
        ["run_inputs"] = "run, position",
        ["run_outputs"] = "run, dataset",
        ["results"] = "dataset, run, frame",
        ["events"] = "sequence",
        ["checkpoint_parts"] = "position",
        ["purges"] = "dataset",
        ["uploads"] = "id",
        ["upload_parts"] = "upload, number",
        ["settings"] = "dataset, name",
        ["quotas"] = "owner",
        ["usage_days"] = "day, owner",
        ["dropped_segments"] = "segment",
        ["folder_files"] = "dataset, path, name",
        ["annex_keys"] = "dataset, name",
        ["run_starters"] = "starter",
        ["run_tasks"] = "run",
        ["program_switches"] = "program, account, dataset",
        ["program_wanted"] = "dataset",
        ["program_after"] = "run",
        ["program_starts"] = "dataset, program, rule",
        ["statements"] = "dataset, run",
        ["run_parts"] = "run, name",
        ["processor_budgets"] = "owner",
        ["processor_time"] = "owner, month",
        ["handed_runs"] = "run",
    };
}
