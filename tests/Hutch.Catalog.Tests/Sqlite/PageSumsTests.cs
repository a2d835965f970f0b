using System.Diagnostics;
using System.Text;
using Hutch.Catalog.Sqlite;
using Hutch.Testing;
using Microsoft.Data.Sqlite;

namespace Hutch.Catalog.Tests.Sqlite;

/// <summary>Each page of a database ends in a checksum: what SQLite's own look at the structure passes over is found too.</summary>
public sealed class PageSumsTests : IDisposable
{
    private const int PageBytes = 4096;
    private const int Rows = 2000;

    private static readonly Migration[] Schema =
    [
        new(1, "notes", "CREATE TABLE notes(id INTEGER PRIMARY KEY, text TEXT NOT NULL); CREATE INDEX notes_by_text ON notes(text);"),
    ];

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Notes => _folder["notes.db"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_flipped_bit_anywhere_in_the_file_is_found_when_it_is_looked_through()
    {
        await MakeAsync();
        byte[] whole = await File.ReadAllBytesAsync(Notes, Ct);
        var random = new Random(7);
        for (int page = 0; page < whole.Length / PageBytes; page++)
        {
            int at = (page * PageBytes) + random.Next(PageBytes);
            await AssertDamagedAsync(whole, at, (byte)(1 << random.Next(8)));
        }
    }

    [Fact]
    public async Task A_flipped_bit_in_the_beginning_of_the_file_is_found()
    {
        await MakeAsync();
        byte[] whole = await File.ReadAllBytesAsync(Notes, Ct);
        for (int at = 0; at < 100; at++)
        {
            await AssertDamagedAsync(whole, at, (byte)(1 << (at % 8)));
        }

        // What says that pages end in checksums at all.
        await AssertDamagedAsync(whole, 20, 4);
    }

    [Fact]
    public async Task A_flipped_bit_in_a_row_gives_an_error_when_it_is_read_and_never_another_row()
    {
        await MakeAsync();
        byte[] whole = await File.ReadAllBytesAsync(Notes, Ct);
        byte[] text = "the text of row 1234 "u8.ToArray();
        int refusals = 0;
        for (int at = whole.AsSpan().IndexOf(text); at >= 0; at = Next(whole, text, at))
        {
            byte[] damaged = [.. whole];
            damaged[at + 17] ^= 1;
            await File.WriteAllBytesAsync(Notes, damaged, Ct);
            await using SqliteDatabase db = Open(isChecked: false);

            Exception? met = await Record.ExceptionAsync(async () => Assert.Equal(Rows, await SumUpAsync(db)));

            // It stands in the index too, which is not read.
            Assert.True(met is null || SqliteDamage.Is(met), met?.ToString());
            refusals += met is null ? 0 : 1;
        }

        Assert.Equal(1, refusals);
    }

    /// <summary>SQLite from 3.45 on reads long values past its cache, in parts of pages.</summary>
    [Theory]
    [InlineData(4_097)]
    [InlineData(100_003)]
    [InlineData(3_000_017)]
    public async Task A_value_longer_than_a_page_is_read_from_the_file_and_a_flipped_bit_in_any_of_its_pages_is_an_error(int length)
    {
        string value = string.Concat(new Random(length).GetItems<char>("0123456789abcdef", length));
        await using (SqliteDatabase db = Open())
        {
            await db.WriteAsync(
                session =>
                {
                    session.Execute("CREATE TABLE long(value TEXT)");
                    session.Prepared("INSERT INTO long VALUES ($1)").Run(value);
                    return 0;
                },
                Ct);
        }

        byte[] whole = await File.ReadAllBytesAsync(Notes, Ct);
        await AssertReadAsync();
        for (int at = 2000; at + 12 < length; at += Math.Max(PageBytes, length / 20))
        {
            byte[] damaged = [.. whole];
            damaged[whole.AsSpan().IndexOf(Encoding.ASCII.GetBytes(value[at..(at + 12)]))] ^= 1;
            await File.WriteAllBytesAsync(Notes, damaged, Ct);
            Exception met = await Assert.ThrowsAnyAsync<Exception>(AssertReadAsync);
            Assert.True(SqliteDamage.Is(met), $"Byte {at}: {met}");
        }

        async Task AssertReadAsync()
        {
            await using SqliteDatabase db = Open(isChecked: false);
            Assert.Equal(value, await db.ReadAsync(static session => session.Text("SELECT value FROM long"), Ct));
        }
    }

    /// <summary>The library of the system, which is older: 3.40 on Debian 12.</summary>
    [Fact]
    public async Task The_same_holds_with_the_library_of_the_system()
    {
        if (Environment.GetEnvironmentVariable(SqliteLibrary.Variable) is not null)
        {
            return; // this is that run
        }

        var start = new ProcessStartInfo(Environment.ProcessPath!, ["-noLogo", "-noColor", "-class", typeof(PageSumsTests).FullName!])
        {
            RedirectStandardOutput = true,
        };
        start.Environment[SqliteLibrary.Variable] = SqliteLibrary.SharedObject;
        using Process run = Process.Start(start)!;
        string output = await run.StandardOutput.ReadToEndAsync(Ct);
        await run.WaitForExitAsync(Ct);

        Assert.True(run.ExitCode == 0, output);
        Assert.Contains("Failed: 0", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_that_changed_places_are_found()
    {
        await MakeAsync();
        byte[] whole = await File.ReadAllBytesAsync(Notes, Ct);
        byte[] swapped = [.. whole];
        whole.AsSpan(3 * PageBytes, PageBytes).CopyTo(swapped.AsSpan(4 * PageBytes));
        whole.AsSpan(4 * PageBytes, PageBytes).CopyTo(swapped.AsSpan(3 * PageBytes));
        await File.WriteAllBytesAsync(Notes, swapped, Ct);

        Assert.True(SqliteDamage.Is(Assert.Throws<CatalogException>(() => Open())));
    }

    [Fact]
    public async Task A_copy_has_checksums_and_every_program_can_read_it()
    {
        await MakeAsync();
        string copy = _folder["copy.db"];
        await using (SqliteDatabase db = Open())
        {
            using SqliteLease lease = await db.RentReaderAsync(Ct);
            SqliteCopy.Write(lease.Session, copy);
        }

        using (var plain = new SqliteConnection($"Data Source={copy};Mode=ReadOnly;Pooling=False"))
        {
            plain.Open();
            using var session = new SqliteSession(plain);
            Assert.Equal(Rows, session.Scalar("SELECT count(*) FROM notes"));
            Assert.Empty(SqliteCopy.FindDamage(session));
        }

        byte[] bytes = await File.ReadAllBytesAsync(copy, Ct);
        bytes[^50] ^= 4;
        await File.WriteAllBytesAsync(copy, bytes, Ct);
        Assert.NotEmpty(SqliteCopy.Verify(copy));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_database_of_an_older_program_gets_checksums_when_it_is_opened(bool hasLog)
    {
        MakeOld(hasLog);
        await File.WriteAllTextAsync(Notes + ".summed", "left by a start that was stopped", Ct);

        await using (SqliteDatabase db = Open())
        {
            Assert.Equal(Rows, await SumUpAsync(db));
        }

        Assert.False(PageSums.Lacks(Notes));
        Assert.Equal([Notes], Directory.GetFiles(_folder.Path));
        if (OperatingSystem.IsLinux())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Notes));
        }

        byte[] whole = await File.ReadAllBytesAsync(Notes, Ct);
        await AssertDamagedAsync(whole, whole.Length - 50, 1);
    }

    [Fact]
    public async Task A_database_that_another_program_wrote_to_past_the_checksums_is_damaged()
    {
        await MakeAsync();
        using (var plain = new SqliteConnection($"Data Source={Notes};Pooling=False"))
        {
            plain.Open();
            using SqliteCommand change = plain.CreateCommand();
            change.CommandText = "UPDATE notes SET text = 'x' WHERE id = 7";
            Assert.Equal(1, change.ExecuteNonQuery());
        }

        Assert.True(SqliteDamage.Is(Assert.Throws<CatalogException>(() => Open())));
    }

    [Fact]
    public async Task What_was_removed_and_put_again_in_freed_pages_is_whole()
    {
        await MakeAsync();
        for (int round = 0; round < 3; round++)
        {
            await using SqliteDatabase db = Open();
            await db.WriteAsync(session => session.Prepared("DELETE FROM notes WHERE id % 3 <> $1").Run(round), Ct);
            await db.CheckpointAsync(Ct);
            await FillAsync(db);
            Assert.Equal(Rows, await SumUpAsync(db));
            Assert.Empty(await db.CheckIntegrityAsync(Ct));
        }
    }

    private static int Next(byte[] whole, byte[] text, int at)
    {
        int next = whole.AsSpan(at + 1).IndexOf(text);
        return next < 0 ? -1 : at + 1 + next;
    }

    private static ValueTask<long> SumUpAsync(SqliteDatabase db) => db.ReadAsync(
        static session => session.Scalar("SELECT count(*) FROM notes WHERE text = 'the text of row ' || id || ' and more of it'"), Ct);

    private static ValueTask<int> FillAsync(SqliteDatabase db) => db.WriteAsync(
        static session =>
        {
            for (int i = 0; i < Rows; i++)
            {
                session.Prepared("INSERT OR REPLACE INTO notes(id, text) VALUES ($1, $2)").Run(i, $"the text of row {i} and more of it");
            }

            return 0;
        },
        Ct);

    private async Task AssertDamagedAsync(byte[] whole, int at, byte bits)
    {
        byte[] damaged = [.. whole];
        damaged[at] ^= bits;
        await File.WriteAllBytesAsync(Notes, damaged, Ct);

        Exception? met = Record.Exception(() => Open().DisposeAsync().AsTask().GetAwaiter().GetResult());

        Assert.True(met is CatalogException && SqliteDamage.Is(met), $"Byte {at}, bits {bits:x}: {met?.ToString() ?? "nothing was found"}");
        Assert.Equal(damaged, await File.ReadAllBytesAsync(Notes, Ct));
    }

    private async Task MakeAsync()
    {
        await using SqliteDatabase db = Open();
        await FillAsync(db);
    }

    /// <summary>Makes a database as programs did that knew nothing of checksums; its last rows may still be in its log.</summary>
    private void MakeOld(bool hasLog)
    {
        string made = _folder["made.db"];
        SqliteLibrary.EnsureLoaded();
        using (var plain = new SqliteConnection($"Data Source={made};Pooling=False"))
        {
            plain.Open();
            using var session = new SqliteSession(plain);
            session.Execute("PRAGMA application_id=7; PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0");
            Migrator.Apply(session, Schema, TimeProvider.System, "notes.db");
            for (int i = 0; i < Rows; i++)
            {
                session.Prepared("INSERT INTO notes(id, text) VALUES ($1, $2)").Run(i, $"the text of row {i} and more of it");
            }

            if (!hasLog)
            {
                session.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
            }

            File.Copy(made, Notes);
            File.Copy(made + "-wal", Notes + "-wal");
        }

        File.Delete(made);
        Assert.True(PageSums.Lacks(Notes));
    }

    private SqliteDatabase Open(bool isChecked = true) =>
        SqliteDatabase.Open(Notes, SqliteOptions.View with { ApplicationId = 7, IsChecked = isChecked }, Schema, TimeProvider.System);
}
