using System.Runtime.Versioning;
using Dapper;
using Hutch.Catalog.Sqlite;
using Hutch.Catalog.Tests.Sqlite;
using Hutch.Catalog.Zone;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Zone;
using Microsoft.Data.Sqlite;

namespace Hutch.Catalog.Tests.Zone;

[SupportedOSPlatform("linux")]
public sealed class ZoneDatabaseTests : IDisposable
{
    private static readonly PrincipalId Ada = Id(1);
    private static readonly PrincipalId Bob = Id(2);
    private static readonly PrincipalId Lab = Id(3);
    private static readonly DatasetId Data = new(Guid.Parse("00000000-0000-0000-0000-00000000000d"));

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_change_that_was_answered_is_there_after_opening_again()
    {
        await using (ZoneDatabase zone = Open())
        {
            await FillAsync(zone);
        }

        await using ZoneDatabase again = Open();
        Assert.Equal(["ada", "bob"], await again.ReadAsync(t => t.Principals.ListUsers(null, 10).Select(u => u.Name).ToArray(), Ct));
        Assert.Equal("ada/data", (await again.ReadAsync(t => t.Names.Find(Data), Ct))?.FullName);
    }

    [Fact]
    public async Task Every_change_waits_for_the_disk()
    {
        await using ZoneDatabase zone = Open();
        using SqliteLease lease = await zone.Database.RentWriterAsync(Ct);

        Assert.Equal(2, lease.Session.Connection.ExecuteScalar<long>("PRAGMA synchronous"));
    }

    [Fact]
    public async Task A_change_raises_the_version_before_it_is_answered_and_a_refused_one_does_not()
    {
        await using ZoneDatabase zone = Open();
        long start = zone.Version;

        await FillAsync(zone);
        Assert.True(zone.Version > start);
        long filled = zone.Version;

        Result<Done> refused = await zone.ChangeAsync<Done>(
            AuditActor.Server,
            change =>
            {
                change.Principals.SetDisplayName(Ada, "never");
                change.Note("test", null);
                return ErrorCode.Conflict.With("no");
            },
            Ct);
        Assert.False(refused.IsOk);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await zone.ChangeAsync<Done>(AuditActor.Server, _ => throw new InvalidOperationException("bug"), Ct));
        Assert.Equal(filled, zone.Version);
        Assert.Null((await zone.ReadAsync(t => t.Principals.FindUser(Ada), Ct))?.DisplayName);
    }

    [Fact]
    public async Task The_version_goes_on_after_opening_again()
    {
        long before;
        await using (ZoneDatabase zone = Open())
        {
            await FillAsync(zone);
            before = zone.Version;
        }

        await using ZoneDatabase again = Open();
        Assert.Equal(before, again.Version);
    }

    [Fact]
    public async Task A_change_without_a_line_in_the_audit_is_refused()
    {
        await using ZoneDatabase zone = Open();
        await FillAsync(zone);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await zone.ChangeAsync<Done>(
            AuditActor.Server,
            change =>
            {
                change.Principals.SetDisplayName(Ada, "silent");
                return Done.Value;
            },
            Ct));
        Assert.Null((await zone.ReadAsync(t => t.Principals.FindUser(Ada), Ct))?.DisplayName);
    }

    [Theory]
    [InlineData("UPDATE audit SET actor_name = 'somebody else'")]
    [InlineData("DELETE FROM audit")]
    [InlineData("DELETE FROM audit WHERE sequence = 1")]
    [InlineData("INSERT OR REPLACE INTO audit(sequence, at_ms, action) VALUES (1, 0, 'nothing')")]
    [InlineData("REPLACE INTO audit(sequence, at_ms, action) SELECT sequence, at_ms, 'nothing' FROM audit")]
    public async Task The_audit_is_append_only_for_the_database_itself(string sql)
    {
        await using ZoneDatabase zone = Open();
        await FillAsync(zone);

        var e = await Assert.ThrowsAsync<SqliteException>(async () => await zone.Database.WriteAsync(s => s.Connection.Execute(sql), Ct));

        Assert.Contains("the audit is append-only", e.Message, StringComparison.Ordinal);
        Assert.All(await zone.ReadAsync(t => t.Audit.List(new AuditSpan(), 10), Ct), line => Assert.NotEqual("nothing", line.Action));
    }

    [Fact]
    public async Task The_audit_is_read_by_time_and_from_its_end()
    {
        var time = new HourlyTime();
        DateTimeOffset begin = time.GetUtcNow();
        await using ZoneDatabase zone = ZoneDatabase.Open(LocalDisk.Instance, _folder.Path, time, Copies());
        foreach (string action in new[] { "first", "second", "third" })
        {
            time.Hours++;
            await zone.NoteAsync(AuditActor.Server, action, null, null, Ct);
        }

        IReadOnlyList<AuditRecord> hour = await zone.ReadAsync(t => t.Audit.List(new AuditSpan { Since = begin.AddHours(2), Until = begin.AddHours(3) }, 10), Ct);
        var end = new AuditSpan { IsNewestFirst = true };
        IReadOnlyList<AuditRecord> newest = await zone.ReadAsync(t => t.Audit.List(end, 2), Ct);
        IReadOnlyList<AuditRecord> before = await zone.ReadAsync(t => t.Audit.List(end.Behind(newest[^1].Sequence), 2), Ct);

        Assert.Equal("second", Assert.Single(hour).Action);
        Assert.Equal(["third", "second"], newest.Select(line => line.Action));
        Assert.Equal("first", Assert.Single(before).Action);
    }

    [Fact]
    public async Task The_audit_is_read_in_order_and_goes_on_where_one_stopped()
    {
        await using ZoneDatabase zone = Open();
        await zone.NoteAsync(new AuditActor(Ada, "ada", "0123"), "first", "dataset:1", "by law", Ct);
        await zone.NoteAsync(AuditActor.Server, "second", null, null, Ct);
        long version = zone.Version;

        AuditRecord first = Assert.Single(await zone.ReadAsync(t => t.Audit.List(new AuditSpan(), 1), Ct));
        AuditRecord second = Assert.Single(await zone.ReadAsync(t => t.Audit.List(new AuditSpan().Behind(first.Sequence), 10), Ct));

        Assert.Equal((new AuditActor(Ada, "ada", "0123"), "first", "dataset:1", "by law"), (first.Actor, first.Action, first.Target, first.Detail));
        Assert.Equal((AuditActor.Server, "second", null, null), (second.Actor, second.Action, second.Target, second.Detail));
        Assert.Equal(version, zone.Version);
    }

    [Fact]
    public async Task Values_come_back_as_they_went_in_also_when_the_first_row_has_none()
    {
        await using ZoneDatabase zone = Open();
        await FillAsync(zone);
        DateTimeOffset at = new(2030, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
        await ChangeAsync(zone, change =>
        {
            change.Tokens.Create("a", Ada, null, BlobHash.Of("a"u8), TokenScope.Full, null);
            change.Tokens.Create("b", Ada, "laptop", BlobHash.Of("b"u8), new TokenScope(TokenScopes.Read, [Data]), at);
            change.Grants.Put(Data, Bob, Rights.Read, null, Ada);
            change.Grants.Put(Data, Lab, Rights.Derive, at, Ada);
            change.Links.Create("c", Data, Rights.View, BlobHash.Of("c"u8), Ada, at);
        });
        await zone.TouchAsync([new("b", at)], [], Ct);
        await zone.TouchAsync([new("b", at - TimeSpan.FromDays(1))], [], Ct);

        IReadOnlyList<TokenRecord> tokens = await zone.ReadAsync(t => t.Tokens.ListOf(Ada, null, 10), Ct);
        Assert.Equal((null, null, null), (tokens[0].Name, tokens[0].ExpiresAt, tokens[0].LastUsedAt));
        Assert.Equal(("laptop", at, at), (tokens[1].Name, tokens[1].ExpiresAt, tokens[1].LastUsedAt));
        Assert.Equal(BlobHash.Of("b"u8), tokens[1].SecretHash);
        Assert.Equal(new TokenScope(TokenScopes.Read, [Data]), tokens[1].Scope);
        IReadOnlyList<GrantRecord> grants = await zone.ReadAsync(t => t.Grants.On(Data), Ct);
        Assert.Equal([("bob", PrincipalKind.User, Rights.Read, null), ("lab", PrincipalKind.Group, Rights.Derive, (DateTimeOffset?)at)],
            grants.Select(g => (g.Principal.Name, g.Principal.Kind, g.Right, g.From)));
        LinkRecord link = Assert.Single(await zone.ReadAsync(t => t.Links.On(Data), Ct));
        Assert.Equal(("c", Rights.View, "ada", at), (link.Id, link.Right, link.CreatedBy, link.ExpiresAt));
    }

    [Fact]
    public async Task Putting_a_right_or_a_member_again_changes_the_one_that_is_there()
    {
        await using ZoneDatabase zone = Open();
        await FillAsync(zone);
        await ChangeAsync(zone, change =>
        {
            change.Grants.Put(Data, Bob, Rights.Read, null, Ada);
            change.Grants.Put(Data, Bob, Rights.Manage, null, Ada);
            change.Memberships.Put(Lab, Bob, manager: false);
            change.Memberships.Put(Lab, Bob, manager: true);
        });

        Assert.Equal(Rights.Manage, Assert.Single(await zone.ReadAsync(t => t.Grants.On(Data), Ct)).Right);
        Assert.True(Assert.Single(await zone.ReadAsync(t => t.Memberships.MembersOf(Lab), Ct)).Manager);
        Assert.True(Assert.Single(await zone.ReadAsync(t => t.Memberships.GroupsOf(Bob), Ct)).Manager);
    }

    [Fact]
    public async Task Damaged_values_are_told_with_a_way_out()
    {
        await using ZoneDatabase zone = Open();
        await FillAsync(zone);
        await zone.Database.WriteAsync(s => s.Connection.Execute("UPDATE names SET public_right = 'everything'"), Ct);

        var e = await Assert.ThrowsAsync<CatalogException>(async () => await zone.ReadAsync(t => t.Names.Find(Data), Ct));

        Assert.Equal(
            "zone.db is damaged: 'everything' is not a right. Stop the server and restore the newest copy from the folder of copies.", e.Message);
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
    public async Task A_full_disk_refuses_changes_leaves_nothing_half_done_and_reading_goes_on()
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
            change.Note("test", null, new string('x', 100_000));
            return Done.Value;
        }, Ct);

        Assert.Equal(ErrorCode.InsufficientStorage, refused.Error?.Code);
        Assert.Equal(version, zone.Version);
        Assert.Null((await zone.ReadAsync(t => t.Principals.FindUser(Ada), Ct))?.DisplayName);
        HutchException e = await Assert.ThrowsAsync<HutchException>(
            async () => await zone.NoteAsync(AuditActor.Server, "test", null, new string('x', 100_000), Ct));
        Assert.Equal(ErrorCode.InsufficientStorage, e.Error.Code);

        using (SqliteLease lease = await zone.Database.RentWriterAsync(Ct))
        {
            lease.Session.Execute("PRAGMA max_page_count=1000000");
        }

        await ChangeAsync(zone, change => change.Principals.SetDisplayName(Ada, "again"));
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
        var time = new SteppingTime();
        var copies = new ZoneCopies(LocalDisk.Instance, _folder.Path, new ZoneCopyOptions { MaxCopies = 3 }, time);
        await using ZoneDatabase zone = ZoneDatabase.Open(LocalDisk.Instance, _folder.Path, time, copies);
        List<string> made = [];
        for (int i = 0; i < 6; i++)
        {
            await zone.ChangeAsync<Done>(AuditActor.Server, change =>
            {
                change.Note("test", null);
                return Done.Value;
            }, Ct);
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
    public async Task A_damaged_database_is_found_by_the_copy_and_the_last_good_copy_stays()
    {
        ZoneCopies copies = Copies();
        await using (ZoneDatabase zone = Open(copies))
        {
            await FillAsync(zone);
            await copies.CopyAsync(zone, Ct);
        }

        using (var raw = new SqliteConnection($"Data Source={_folder["zone.db"]};Pooling=False"))
        {
            raw.Open();
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

    private static PrincipalId Id(int number) => new(new Guid(number, 0, 0, new byte[8]));

    private ZoneCopies Copies() => new(LocalDisk.Instance, _folder.Path, new ZoneCopyOptions(), TimeProvider.System);

    private sealed class HourlyTime : TimeProvider
    {
        public int Hours { get; set; }

        public override DateTimeOffset GetUtcNow() => new(2026, 11, 20, Hours, 0, 0, TimeSpan.Zero);
    }

    private ZoneDatabase Open(ZoneCopies? copies = null) => ZoneDatabase.Open(LocalDisk.Instance, _folder.Path, TimeProvider.System, copies ?? Copies());

    private void RestoreTheOnlyCopy(ZoneCopies copies)
    {
        File.Delete(_folder["zone.db-wal"]);
        File.Delete(_folder["zone.db-shm"]);
        File.Copy(Path.Combine(copies.Folder, Assert.Single(copies.List())), _folder["zone.db"], overwrite: true);
    }

    private static async Task ChangeAsync(ZoneDatabase zone, Action<ZoneChange> change) =>
        Assert.True((await zone.ChangeAsync<Done>(
            AuditActor.Server,
            tables =>
            {
                change(tables);
                tables.Note("test", null);
                return Done.Value;
            },
            Ct)).IsOk);

    private static Task FillAsync(ZoneDatabase zone) => ChangeAsync(zone, change =>
    {
        Assert.True(change.Principals.CreateUser(Ada, "ada", null).IsOk);
        Assert.True(change.Principals.CreateUser(Bob, "bob", "Bob").IsOk);
        Assert.True(change.Principals.CreateGroup(Lab, "lab", null).IsOk);
        Assert.True(change.Names.Reserve(Data, change.Principals.Find("ada")!, "data", Visibility.Private).IsOk);
    });

    /// <summary>A clock that goes on by a minute each time it is asked.</summary>
    private sealed class SteppingTime : TimeProvider
    {
        private long _asked;

        public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 11, 20, 8, 0, 0, TimeSpan.Zero).AddMinutes(Interlocked.Increment(ref _asked));
    }
}
