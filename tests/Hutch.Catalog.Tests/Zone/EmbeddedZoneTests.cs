using System.Runtime.Versioning;
using Dapper;
using Hutch.Catalog.Sqlite;
using Hutch.Catalog.Zone;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Testing;
using Hutch.Testing.Clocks;
using Hutch.Testing.Disks;
using Microsoft.Data.Sqlite;

namespace Hutch.Catalog.Tests.Zone;

/// <summary>The same in <c>zone.db</c>, and what only a file has: a disk, damage, copies.</summary>
[SupportedOSPlatform("linux")]
public sealed class EmbeddedZoneTests : ZoneConformance, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    protected override IReadOnlyList<string> WaysToChangeTheAudit =>
    [
        "UPDATE audit SET actor_name = 'somebody else'",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE sequence = 1",
        "INSERT OR REPLACE INTO audit(sequence, at_ms, action) VALUES (1, 0, 'nothing')",
        "REPLACE INTO audit(sequence, at_ms, action) SELECT sequence, at_ms, 'nothing' FROM audit",
    ];

    public void Dispose() => _folder.Dispose();

    private protected override Task<ZoneDatabase> OpenAsync(TimeProvider? time = null) =>
        Task.FromResult(ZoneDatabase.Open(LocalDisk.Instance, _folder.Path, time ?? TimeProvider.System, Copies()));

    private protected override Task ExecuteAsync(ZoneDatabase zone, string sql) =>
        zone.Database.WriteAsync(session => session.Connection.Execute(sql), Ct).AsTask();

    [Fact]
    public async Task Every_change_waits_for_the_disk()
    {
        await using ZoneDatabase zone = Open();
        using SqliteLease lease = await zone.Database.RentWriterAsync(Ct);

        Assert.Equal(2, lease.Session.Connection.ExecuteScalar<long>("PRAGMA synchronous"));
    }

    [Fact]
    public async Task What_changed_is_found_without_going_through_all_that_did_not()
    {
        await using ZoneDatabase zone = Open();
        await FillAsync(zone);
        await ExecuteAsync(
            zone,
            """
            WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < 20000)
            INSERT INTO homes(dataset_id, site_id, epoch) SELECT printf('00000000-0000-4000-8000-%012d', i), 'a-site', 1 FROM numbers
            """);
        using SqliteLease lease = await zone.Database.RentReaderAsync(Ct);
        var tables = new ZoneTables(lease.Session.Connection, TimeProvider.System);
        FeedPosition newest = tables.Feed.Newest();
        FeedPosition before = newest with { Sequence = newest.Sequence - 3 };
        int thousandSteps = 0;
        SQLitePCL.raw.sqlite3_progress_handler(lease.Session.Connection.Handle, 1000, _ => Interlocked.Increment(ref thousandSteps) * 0, null);

        FeedBatch batch = tables.Feed.Since(before, 1000);
        var homes = tables.Homes.ChangedSince(before.Sequence);
        var purges = tables.Purges.ChangedSince(before.Sequence);

        Assert.Equal(3, batch.Items.Count);
        Assert.Equal(3, homes.Count);
        Assert.Empty(purges);
        Assert.InRange(thousandSteps, 0, 10);
    }

    [Fact]
    public async Task Another_database_is_not_taken_for_the_zone()
    {
        await using (SqliteDatabase other = SqliteDatabase.Open(
            _folder["zone.db"], SqliteOptions.View with { ApplicationId = 77 }, [new Migration(1, "x", "CREATE TABLE x(y)")], TimeProvider.System))
        {
        }

        Assert.Contains("is a database of another kind", Assert.Throws<CatalogException>(() => Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_refuses_changes_without_partial_writes_and_reads_continue()
    {
        await using ZoneDatabase zone = Open();
        await FillAsync(zone);
        using (SqliteLease lease = await zone.Database.RentWriterAsync(Ct))
        {
            // SQLite counts the pages itself: the same answer as from a full disk.
            long pages = lease.Session.Scalar("PRAGMA page_count");
            lease.Session.Execute($"PRAGMA max_page_count={pages}");
        }

        long version = zone.Version;
        Result<Done> refused = await zone.ChangeAsync<Done>(AuditActor.Server, change =>
        {
            change.Principals.SetDisplayName(Ada, "small");
            change.AddAudit("test", null, new string('x', 100_000));
            return Done.Value;
        }, Ct);

        Assert.Equal(ErrorCode.InsufficientStorage, refused.Error?.Code);
        Assert.Equal(version, zone.Version);
        Assert.Null((await zone.ReadAsync(t => t.Principals.FindUser(Ada), Ct))?.DisplayName);
        HutchException e = await Assert.ThrowsAsync<HutchException>(
            async () => await zone.AuditAsync(AuditActor.Server, "test", null, new string('x', 100_000), Ct));
        Assert.Equal(ErrorCode.InsufficientStorage, e.Error.Code);

        using (SqliteLease lease = await zone.Database.RentWriterAsync(Ct))
        {
            lease.Session.Execute("PRAGMA max_page_count=1000000");
        }

        await ChangeAsync(zone, change => change.Principals.SetDisplayName(Ada, "again"));
    }

    /// <summary>C3: the space ends in the commit, when every statement has succeeded.</summary>
    [Fact]
    public async Task A_commit_that_finds_no_space_is_refused_and_the_next_one_succeeds_when_there_is_space()
    {
        await using ZoneDatabase zone = Open();
        await FillAsync(zone);
        using (SqliteLease lease = await zone.Database.RentWriterAsync(Ct))
        {
            Assert.Equal(0, lease.Session.Scalar("PRAGMA wal_checkpoint(TRUNCATE)"));
        }

        using (FullLog.Of(_folder["zone.db"]))
        {
            Assert.Equal(ErrorCode.InsufficientStorage, (await NameAsync("refused")).Error?.Code);
            Assert.Null((await zone.ReadAsync(t => t.Principals.FindUser(Ada), Ct))?.DisplayName);
        }

        Assert.True((await NameAsync("after")).IsOk);
        Assert.Equal("after", (await zone.ReadAsync(t => t.Principals.FindUser(Ada), Ct))?.DisplayName);

        ValueTask<Result<Done>> NameAsync(string name) => zone.ChangeAsync<Done>(
            AuditActor.Server,
            change =>
            {
                change.Principals.SetDisplayName(Ada, name);
                change.AddAudit("test", null, name);
                return Done.Value;
            },
            Ct);
    }

    [Fact]
    public async Task A_copy_is_whole_private_and_opens_as_a_zone()
    {
        ZoneCopies copies = Copies();
        await using (ZoneDatabase zone = Open(copies))
        {
            await FillAsync(zone);
            string path = (await copies.CopyAsync(zone, Ct))!;
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            Assert.Empty(SqliteCopy.Verify(path));
            await ChangeAsync(zone, change => change.Principals.SetDisplayName(Ada, "later"));
        }

        RestoreTheOnlyCopy(copies);
        await using ZoneDatabase restored = Open();
        Assert.Null((await restored.ReadAsync(t => t.Principals.FindUser("ada"), Ct))!.DisplayName);
        Assert.Equal("ada/data", (await restored.ReadAsync(t => t.Names.Find(Data), Ct))?.FullName);
    }

    [Fact]
    public async Task No_copy_is_made_when_nothing_changed()
    {
        ZoneCopies copies = Copies();
        await using ZoneDatabase zone = Open(copies);
        await FillAsync(zone);

        Assert.NotNull(await copies.CopyAsync(zone, Ct));
        Assert.Null(await copies.CopyAsync(zone, Ct));
        Assert.Single(copies.List());
    }

    [Fact]
    public async Task Only_the_newest_copies_are_kept()
    {
        var time = new StandingTime();
        var copies = new ZoneCopies(LocalDisk.Instance, _folder.Path, new ZoneCopyOptions { MaxCopies = 3 }, time);
        await using ZoneDatabase zone = ZoneDatabase.Open(LocalDisk.Instance, _folder.Path, time, copies);
        List<string> made = [];
        for (int i = 0; i < 6; i++)
        {
            await zone.ChangeAsync<Done>(AuditActor.Server, change =>
            {
                change.AddAudit("test", null);
                return Done.Value;
            }, Ct);
            time.Advance(TimeSpan.FromMinutes(1));
            made.Add(Path.GetFileName((await copies.CopyAsync(zone, Ct))!));
        }

        Assert.Equal(made[3..], copies.List());
    }

    [Fact]
    public async Task An_unfinished_copy_of_a_crash_is_replaced_and_never_counted()
    {
        ZoneCopies copies = Copies();
        await using ZoneDatabase zone = Open(copies);
        Directory.CreateDirectory(copies.Folder);
        await File.WriteAllTextAsync(Path.Combine(copies.Folder, ".unfinished-zone.db"), "half", Ct);

        Assert.Empty(copies.List());
        string path = (await copies.CopyAsync(zone, Ct))!;

        Assert.Equal([Path.GetFileName(path)], Directory.GetFiles(copies.Folder).Select(p => Path.GetFileName(p)));
    }

    [Fact]
    public async Task The_database_is_copied_before_an_upgrade_and_the_copy_has_the_schema_from_before()
    {
        await using (ZoneDatabase zone = Open())
        {
            await FillAsync(zone);
        }

        ZoneCopies copies = Copies();
        Migration[] newer = [.. ZoneSchema.Migrations, new(ZoneSchema.Migrations.Count + 1, "an upgrade", "ALTER TABLE users ADD COLUMN mail TEXT")];
        await using (ZoneDatabase upgraded = ZoneDatabase.Open(LocalDisk.Instance, _folder.Path, TimeProvider.System, copies, null, null, newer))
        {
            Assert.Equal("ada", (await upgraded.ReadAsync(t => t.Principals.FindUser(Ada), Ct))?.Name);
        }

        Assert.StartsWith($"zone-schema-{ZoneSchema.Migrations.Count:000}-", Assert.Single(copies.List()), StringComparison.Ordinal);
        Assert.Contains("a newer Hutch wrote it", Assert.Throws<CatalogException>(() => Open()).Message, StringComparison.Ordinal);
        RestoreTheOnlyCopy(copies);
        await using ZoneDatabase back = Open();
        Assert.Equal("ada", (await back.ReadAsync(t => t.Principals.FindUser(Ada), Ct))?.Name);
    }

    [Fact]
    public async Task Mails_from_before_there_were_kinds_have_the_kind_of_their_template()
    {
        Migration[] older = [.. ZoneSchema.Migrations.TakeWhile(static migration => migration.Number < 39)];
        await using (ZoneDatabase before = ZoneDatabase.Open(LocalDisk.Instance, _folder.Path, TimeProvider.System, Copies(), null, null, older))
        {
            await FillAsync(before);
        }

        using (SqliteConnection raw = SqliteAddress.Open(_folder["zone.db"], SqliteOpenMode.ReadWrite))
        {
            foreach (string template in new[] { "shared", "run-ended", "retention-ended", "login-link" })
            {
                raw.Execute(
                    "INSERT INTO mails(user_id, template, facts, state, created_ms) VALUES (@ada, @template, '{}', 'kept', 0)",
                    new { ada = Ada.ToString(), template });
            }
        }

        await using ZoneDatabase zone = Open();
        Assert.Equal(
            [NoticeKind.Account, NoticeKind.Expiry, NoticeKind.Runs, NoticeKind.Shares],
            await zone.ReadAsync(t => t.Mails.ListInBell(Ada, null, 10).Select(static mail => mail.Kind).ToArray(), Ct));
    }

    [Theory]
    [InlineData("login", "read write manage site:0123456789abcdef", true)]
    [InlineData("key", "read opens:0123456789abcdef site:0123456789abcdef", false)]
    [InlineData(null, "read site:0123456789abcdef", false)]
    public async Task Logins_at_sites_from_before_there_were_consents_end_at_the_upgrade_and_nothing_else(
        string? login, string scope, bool ends)
    {
        Migration[] older = [.. ZoneSchema.Migrations.TakeWhile(static migration => migration.Number < 40)];
        await using (ZoneDatabase before = ZoneDatabase.Open(LocalDisk.Instance, _folder.Path, TimeProvider.System, Copies(), null, null, older))
        {
            await FillAsync(before);
        }

        using (SqliteConnection raw = SqliteAddress.Open(_folder["zone.db"], SqliteOpenMode.ReadWrite))
        {
            raw.Execute(
                "INSERT INTO tokens(id, user_id, secret_hash, scope, created_ms, login_id) VALUES ('0000000000000001', @ada, zeroblob(32), @scope, 7, @login)",
                new { ada = Ada.ToString(), scope, login });
        }

        await using ZoneDatabase zone = Open();
        Assert.Equal(ends, await zone.ReadAsync(static t => t.Tokens.Find("0000000000000001")!.RevokedAt is not null, Ct));
    }

    /// <summary>C2: links of an earlier release to accounts that there were may rest on a changed name.</summary>
    [Fact]
    public async Task Links_of_an_earlier_release_to_accounts_that_there_were_are_doubtful_unless_the_name_fits_exactly()
    {
        Migration[] older = [.. ZoneSchema.Migrations.TakeWhile(static migration => migration.Number < 41)];
        await using (ZoneDatabase before = ZoneDatabase.Open(LocalDisk.Instance, _folder.Path, TimeProvider.System, Copies(), null, null, older))
        {
            await FillAsync(before);
        }

        using (SqliteConnection raw = SqliteAddress.Open(_folder["zone.db"], SqliteOpenMode.ReadWrite))
        {
            foreach ((string provider, string subject, int later) in ((string, string, int)[])
                [("facility", "linked", 3_600_000), ("facility", "exact", 3_600_000), ("facility", "made", 0), ("scim:", "ada", 3_600_000)])
            {
                raw.Execute(
                    "INSERT INTO identities(provider, subject, user_id, created_ms) SELECT @provider, @subject, id, created_ms + @later FROM principals WHERE id = @ada",
                    new { provider, subject, later, ada = Ada.ToString() });
            }
        }

        await using ZoneDatabase zone = Open();
        Assert.Equal(
            ["exact", "linked"],
            (await zone.ReadAsync(static t => t.Identities.ListDoubtful(10), Ct)).Select(static one => one.Subject).Order());
        await zone.KeepAsync(
            static t =>
            {
                t.Identities.NoteClaim("facility", "exact", "ada");
                t.Identities.NoteClaim("facility", "linked", "Ada.");
                return true;
            },
            Ct);
        Assert.Equal(
            [new DoubtfulIdentity("ada", "facility", "linked", "Ada.")], await zone.ReadAsync(static t => t.Identities.ListDoubtful(10), Ct));
    }

    [Fact]
    public async Task A_damaged_database_is_found_by_the_copy_and_the_last_good_copy_stays()
    {
        ZoneCopies copies = Copies();
        await using (ZoneDatabase zone = Open(copies))
        {
            await FillAsync(zone);
            await copies.CopyAsync(zone, Ct);
        }

        using (SqliteConnection raw = SqliteAddress.Open(_folder["zone.db"], SqliteOpenMode.ReadWrite))
        {
            raw.Execute("PRAGMA foreign_keys=0; INSERT INTO tokens(id, user_id, secret_hash, scope, created_ms) VALUES ('x', 'nobody', x'00', '', 0)");
        }

        string good = Assert.Single(copies.List());
        await using ZoneDatabase damaged = Open(copies);
        await ChangeAsync(damaged, change => change.Principals.SetDisplayName(Ada, "x"));

        var e = await Assert.ThrowsAsync<CatalogException>(async () => await copies.CopyAsync(damaged, Ct));
        Assert.Contains("a row of tokens names a row of users that is not there", e.Message, StringComparison.Ordinal);
        Assert.Equal([good], copies.List());
        Assert.NotEmpty(await damaged.CheckIntegrityAsync(Ct));
    }

    [Fact]
    public async Task Each_damaged_page_is_found_at_the_start_and_the_newest_whole_copy_is_named()
    {
        ZoneCopies copies = Copies();
        string? copy;
        await using (ZoneDatabase zone = Open(copies))
        {
            await FillAsync(zone);
            copy = await copies.CopyAsync(zone, Ct);
        }

        // Newer, but damaged itself.
        byte[] whole = await File.ReadAllBytesAsync(_folder["zone.db"], Ct);
        await File.WriteAllBytesAsync(Path.Combine(copies.Folder, "zone-29990101T000000Z.db"), whole.AsMemory(0, whole.Length - 4096), Ct);
        var random = new Random(5);
        for (int page = 0; page < whole.Length / 4096; page++)
        {
            foreach (bool isZeroed in (bool[])[true, false])
            {
                byte[] damaged = [.. whole];
                Span<byte> part = damaged.AsSpan(page * 4096, 4096);
                part.Clear();
                if (!isZeroed)
                {
                    random.NextBytes(part);
                }

                await File.WriteAllBytesAsync(_folder["zone.db"], damaged, Ct);

                CatalogException refusal = Assert.Throws<CatalogException>(() => Open());

                Assert.Contains("is damaged (", refusal.Message, StringComparison.Ordinal);
                Assert.Contains($"cp -p {copy} {_folder["zone.db"]}`", refusal.Message, StringComparison.Ordinal);
                Assert.Equal(damaged, await File.ReadAllBytesAsync(_folder["zone.db"], Ct));
            }
        }
    }

    [Fact]
    public async Task A_damaged_log_is_refused_at_the_start_and_the_ways_back_are_named()
    {
        ZoneCopies copies = Copies();
        byte[] file, log;
        string? copy;
        await using (ZoneDatabase zone = Open(copies))
        {
            await FillAsync(zone);
            copy = await copies.CopyAsync(zone, Ct);
            await ChangeAsync(zone, change => change.Principals.SetDisplayName(Ada, "later"));
            await ChangeAsync(zone, change => change.Principals.SetDisplayName(Ada, "later still"));
            (file, log) = (LocalDisk.Instance.ReadAllBytes(_folder["zone.db"], 64 << 20), LocalDisk.Instance.ReadAllBytes(_folder["zone.db-wal"], 64 << 20));
        }

        log[log.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(_folder["zone.db"], file, Ct);
        await File.WriteAllBytesAsync(_folder["zone.db-wal"], log, Ct);

        CatalogException refusal = Assert.Throws<CatalogException>(() => Open());

        Assert.Contains("in its log zone.db-wal is something else than was written", refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"cp -p {copy} {_folder["zone.db"]}`", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(file, await File.ReadAllBytesAsync(_folder["zone.db"], Ct));
        Assert.Equal(log, await File.ReadAllBytesAsync(_folder["zone.db-wal"], Ct));
    }

    [Fact]
    public async Task Damage_that_is_met_while_the_zone_is_open_is_an_answer_and_is_remembered()
    {
        await using (ZoneDatabase zone = Open())
        {
            await FillAsync(zone);
        }

        await using ZoneDatabase open = Open();
        Assert.Null(open.Damage);
        byte[] zeros = new byte[new FileInfo(_folder["zone.db"]).Length - 4096];
        await using (FileStream file = File.Open(_folder["zone.db"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Position = 4096;
            file.Write(zeros);
        }

        HutchException met = await Assert.ThrowsAsync<HutchException>(async () =>
        {
            // Each reader has pages of its own in memory.
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => open.ReadAsync(t => t.Principals.FindUser(Ada), Ct).AsTask())));
        });

        Assert.Equal(503, met.Error.Code.Status);
        Assert.NotNull(open.Damage);
    }

    private ZoneCopies Copies() => new(LocalDisk.Instance, _folder.Path, new ZoneCopyOptions(), TimeProvider.System);

    private ZoneDatabase Open(ZoneCopies? copies = null) => ZoneDatabase.Open(LocalDisk.Instance, _folder.Path, TimeProvider.System, copies ?? Copies());

    private void RestoreTheOnlyCopy(ZoneCopies copies)
    {
        File.Delete(_folder["zone.db-wal"]);
        File.Delete(_folder["zone.db-shm"]);
        File.Copy(Path.Combine(copies.Folder, Assert.Single(copies.List())), _folder["zone.db"], overwrite: true);
    }
}
