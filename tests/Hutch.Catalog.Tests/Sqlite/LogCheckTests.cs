using System.Globalization;
using System.Text.RegularExpressions;
using Dapper;
using Hutch.Catalog.Sqlite;
using Hutch.Testing;

namespace Hutch.Catalog.Tests.Sqlite;

/// <summary>The log that a killed process leaves beside a database: what was damaged later is told from what a power cut tore.</summary>
public sealed class LogCheckTests : IDisposable
{
    private const int Application = 0x4C4F4743;
    private const int HeaderBytes = 32;
    private const int FrameBytes = 24 + 4096;
    private const int Transactions = 6;

    private static readonly Migration[] Schema = [new(1, "notes", "CREATE TABLE notes(id INTEGER PRIMARY KEY, text TEXT NOT NULL)")];

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Notes => _folder["notes.db"];

    private string Log => Notes + "-wal";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_flipped_bit_in_any_transaction_that_another_one_follows_is_found_and_what_was_before_can_be_had()
    {
        (byte[] file, byte[] log) = await MakeKilledAsync(Transactions);
        int last = Ends(log)[^2];
        var random = new Random(11);
        for (int frame = 0; HeaderBytes + (frame * FrameBytes) < last; frame++)
        {
            // The page's number, the end of a transaction, the salts, the content. A changed checksum in the last frame before
            // the last transaction looks the same as a power cut.
            foreach (int at in (int[])[3, 7, 8 + random.Next(8), 24 + random.Next(4096)])
            {
                int place = HeaderBytes + (frame * FrameBytes) + at;
                Leave(file, Flip(log, place, random));
                if (at is > 3 and < 24 && place > last - FrameBytes)
                {
                    continue; // where the last transaction but one ended is not known any more
                }

                string damage = LogCheck.Find(Notes, Application) ?? "none was found";

                int whole = int.Parse(Regex.Match(damage, "truncate -s ([0-9]+) notes.db-wal").Groups[1].Value, CultureInfo.InvariantCulture);
                Assert.Equal(Ends(log).LastOrDefault(end => end <= place, HeaderBytes), whole);
            }

            int before = Ends(log).LastOrDefault(end => end <= HeaderBytes + (frame * FrameBytes), HeaderBytes);
            Assert.True(SqliteDamage.Is(Assert.Throws<CatalogException>(() => Open())));
            Assert.Equal(file, await File.ReadAllBytesAsync(Notes, Ct));
            Leave(file, log[..before]);
            Assert.Equal(Math.Max(0, Transactions - Ends(log).Count(end => end > before)), await CountAsync());
        }
    }

    [Fact]
    public async Task A_damaged_beginning_is_found()
    {
        (byte[] file, byte[] log) = await MakeKilledAsync(1);
        for (int at = 0; at < HeaderBytes; at++)
        {
            Leave(file, Flip(log, at, new Random(at)));

            Assert.Contains("the beginning of its log notes.db-wal", Assert.Throws<CatalogException>(() => Open()).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_a_power_cut_tears_is_no_damage()
    {
        (byte[] file, byte[] log) = await MakeKilledAsync(Transactions);
        int last = Ends(log)[^2];
        for (int length = 0; length <= log.Length; length += 1000)
        {
            Leave(file, log[..length]);
            Assert.Null(LogCheck.Find(Notes, Application));
        }

        // Of the last transaction, any part may have come to the disk.
        for (int at = last; at < log.Length; at += 512)
        {
            byte[] torn = [.. log];
            torn.AsSpan(at, Math.Min(512, log.Length - at)).Clear();
            Leave(file, torn);
            Assert.Equal(torn.AsSpan().SequenceEqual(log) ? Transactions : Transactions - 1, await CountAsync());
        }
    }

    [Fact]
    public async Task Frames_that_are_left_of_what_was_undone_or_copied_are_no_damage()
    {
        await using (SqliteDatabase db = Open())
        {
            using SqliteLease lease = await db.RentWriterAsync(Ct);
            lease.Session.Execute("PRAGMA cache_size=5");
            Add(lease.Session, 40);
            lease.Session.Execute("PRAGMA wal_checkpoint(RESTART)");
            Add(lease.Session, 1);
            lease.Session.Begin();
            Insert(lease.Session, 200);
            lease.Session.RollbackIfOpen();
            Add(lease.Session, 1);
            Leave(Read(Notes), Read(Log));
        }

        Assert.True(Ends(Read(Log)).Count < (Read(Log).Length - HeaderBytes) / FrameBytes);
        Assert.Null(LogCheck.Find(Notes, Application));
    }

    [Fact]
    public async Task The_log_of_another_database_is_found_before_it_goes_into_this_one()
    {
        (byte[] file, _) = await MakeKilledAsync(1);
        (_, byte[] other) = await MakeKilledAsync(1, Application + 1);
        Leave(file, other);

        CatalogException refusal = Assert.Throws<CatalogException>(() => Open());

        Assert.Contains("notes.db-wal beside it is the log of another database", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(file, await File.ReadAllBytesAsync(Notes, Ct));
    }

    /// <summary>A database with some transactions of several pages each, as a killed process leaves it.</summary>
    private async Task<(byte[] File, byte[] Log)> MakeKilledAsync(int transactions, int application = Application)
    {
        Leave(null, null);
        await using SqliteDatabase db = Open(application);
        using SqliteLease lease = await db.RentWriterAsync(Ct);
        lease.Session.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        lease.Session.Execute($"PRAGMA application_id={application}"); // the first page is in it
        lease.Session.Execute("PRAGMA user_version=1");
        for (int i = 0; i < transactions; i++)
        {
            Add(lease.Session, 1);
        }

        return (Read(Notes), Read(Log));
    }

    private static void Add(SqliteSession session, int rows)
    {
        session.Begin();
        Insert(session, rows);
        session.Commit();
    }

    private static void Insert(SqliteSession session, int rows)
    {
        for (int i = 0; i < rows; i++)
        {
            session.Connection.Execute("INSERT INTO notes(text) VALUES (@text)", new { text = new string('x', 9000) });
        }
    }

    private void Leave(byte[]? file, byte[]? log)
    {
        File.Delete(Notes + "-shm");
        foreach ((string path, byte[]? bytes) in new[] { (Notes, file), (Log, log) })
        {
            File.Delete(path);
            if (bytes is not null)
            {
                File.WriteAllBytes(path, bytes);
            }
        }
    }

    private SqliteDatabase Open(int application = Application) => SqliteDatabase.Open(
        Notes, SqliteOptions.Durable with { ApplicationId = application, IsChecked = true, CheckpointPages = 0 }, Schema, TimeProvider.System);

    private async Task<long> CountAsync()
    {
        await using SqliteDatabase db = Open();
        return await db.ReadAsync(session => session.Scalar("SELECT count(*) FROM notes"), Ct);
    }

    /// <summary>Where transactions end that have the salts of the log and put in a note: the first ones say whose the database is.</summary>
    private static List<int> Ends(byte[] log)
    {
        var ends = new List<int>();
        for (int at = HeaderBytes; at + FrameBytes <= log.Length; at += FrameBytes)
        {
            bool isEnd = log.AsSpan(at + 4, 4).IndexOfAnyExcept((byte)0) >= 0;
            if (isEnd && log.AsSpan(at + 8, 8).SequenceEqual(log.AsSpan(16, 8)))
            {
                ends.Add(at + FrameBytes);
            }
        }

        return ends;
    }

    private static byte[] Flip(byte[] bytes, int at, Random random)
    {
        byte[] flipped = [.. bytes];
        flipped[at] ^= (byte)(1 << random.Next(8));
        return flipped;
    }

    private static byte[] Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
