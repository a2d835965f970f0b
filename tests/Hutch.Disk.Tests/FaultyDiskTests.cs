using System.Text;
using FsCheck.Fluent;
using Hutch.Disk.Faults;

namespace Hutch.Disk.Tests;

public sealed class FaultyDiskTests : DiskConformance
{
    private readonly FaultyDisk _disk = new(7);

    public FaultyDiskTests()
    {
        _disk.CreateFolder("/data");
        _disk.SyncFolder("/");
    }

    protected override IDisk Disk => _disk;

    protected override string Folder => "/data";

    [Fact]
    public void A_crash_forgets_what_was_not_synced()
    {
        using IDiskFile file = Open("a");
        file.Write("kept"u8, 0);
        file.Sync();
        _disk.SyncFolder("/data");
        file.Write("LOST"u8, 0);
        Write("b", "name not synced");

        FaultyDisk after = _disk.Crash(1, Survival.None);

        Assert.Equal("kept", Text(after, "a"));
        Assert.Equal(["a"], after.FilesIn("/data"));
        Assert.Equal("LOST", Text(_disk, "a"));
    }

    [Fact]
    public void Kill_forgets_nothing()
    {
        using IDiskFile file = Open("a");
        file.Write("all"u8, 0);

        FaultyDisk after = _disk.Crash(1, Survival.All);

        Assert.Equal("all", Text(after, "a"));
    }

    [Fact]
    public void A_synced_file_without_a_synced_name_may_be_gone()
    {
        Write("a", "synced");

        Assert.Empty(_disk.Crash(1, Survival.None).FilesIn("/data"));
    }

    [Fact]
    public void A_crash_tears_writes_at_512_bytes_and_never_within()
    {
        using IDiskFile file = Open("a");
        file.SetLength(64 * 512);
        file.Sync();
        _disk.SyncFolder("/data");
        file.Write(Enumerable.Repeat((byte)1, (64 * 512) - 100).ToArray(), 100);

        var seen = new HashSet<int>();
        for (int seed = 0; seed < 50; seed++)
        {
            byte[] after = _disk.Crash(seed, Survival.Any).ReadFile("/data/a");
            Assert.All(after.Chunk(512).Skip(1), static sector => Assert.Single(sector.Distinct()));
            Assert.All(after[..100], static b => Assert.Equal(0, b));
            seen.Add(after.Count(static b => b == 1));
        }

        Assert.True(seen.Count > 20, "the crashes should differ");
    }

    [Fact]
    public void A_rename_survives_wholly_or_not_at_all()
    {
        Write("old", "old");
        Write("new", "new");
        _disk.SyncFolder("/data");
        _disk.Rename("/data/new", "/data/old");

        for (int seed = 0; seed < 20; seed++)
        {
            FaultyDisk after = _disk.Crash(seed, Survival.Any);
            bool whole = after.FilesIn("/data").SequenceEqual(["old"]) && Text(after, "old") == "new";
            bool nothing = after.FilesIn("/data").SequenceEqual(["new", "old"]) && Text(after, "old") == "old";
            Assert.True(whole || nothing);
        }
    }

    [Fact]
    public void Two_names_change_places_wholly_or_not_at_all()
    {
        Write("one", "1");
        Write("two", "2");
        _disk.SyncFolder("/data");
        _disk.Exchange("/data/one", "/data/two");

        string[] left = [.. Enumerable.Range(0, 20).Select(seed => _disk.Crash(seed, Survival.Any)).Select(after => Text(after, "one") + Text(after, "two"))];

        Assert.Equal(["12", "21"], left.Distinct().Order());
        _disk.SyncFolder("/data");
        FaultyDisk synced = _disk.Crash(1, Survival.None);
        Assert.Equal(("2", "1"), (Text(synced, "one"), Text(synced, "two")));
        Assert.Throws<FileNotFoundException>(() => _disk.Exchange("/data/one", "/data/three"));
    }

    [Fact]
    public void An_open_file_is_written_under_its_new_name_after_an_exchange()
    {
        using IDiskFile one = Open("one");
        one.Write("1"u8, 0);
        Write("two", "2");
        _disk.Exchange("/data/one", "/data/two");

        one.Write("11"u8, 0);

        Assert.Equal(("2", "11"), (Text(_disk, "one"), Text(_disk, "two")));
    }

    [Fact]
    public void A_name_is_given_only_where_it_is_free_and_wholly_or_not_at_all()
    {
        Write("one", "1");
        Write("two", "2");
        _disk.SyncFolder("/data");

        Assert.False(_disk.TryRenameNew("/data/one", "/data/two"));
        Assert.Equal(("1", "2"), (Text(_disk, "one"), Text(_disk, "two")));
        Assert.Throws<FileNotFoundException>(() => _disk.TryRenameNew("/data/none", "/data/two"));
        Assert.True(_disk.TryRenameNew("/data/one", "/data/three"));
        string[] left = [.. Enumerable.Range(0, 20).Select(seed => string.Join(' ', _disk.Crash(seed, Survival.Any).FilesIn("/data")))];
        Assert.Equal(["one two", "three two"], left.Distinct().Order());
    }

    [Fact]
    public void A_failed_sync_loses_what_was_pending_and_the_next_one_does_not_bring_it_back()
    {
        using IDiskFile file = Open("a");
        _disk.SyncFolder("/data");
        file.Write(Enumerable.Repeat((byte)1, 64 * 512).ToArray(), 0);
        _disk.FailCall(1, static () => new IOException("broken"));

        Assert.Throws<IOException>(file.Sync);
        file.Sync();

        Assert.Contains((byte)0, _disk.Crash(1, Survival.All).ReadFile("/data/a").Concat(new byte[1]));
        Assert.NotEqual(64 * 512, _disk.Crash(1, Survival.All).ReadFile("/data/a").Count(static b => b == 1));
        Assert.Equal(64 * 512, _disk.ReadFile("/data/a").Count(static b => b == 1));
        _disk.DropCaches();
        Assert.NotEqual(64 * 512, _disk.ReadFile("/data/a").Count(static b => b == 1));
    }

    [Fact]
    public void A_full_disk_takes_no_more_but_can_be_written_where_space_was_taken()
    {
        _disk.CapacityBytes = 1000;
        using IDiskFile file = Open("a");
        file.Allocate(800);

        file.Write(new byte[800], 0);
        Assert.Throws<DiskFullException>(() => file.Write(new byte[300], 800));
        Assert.Throws<DiskFullException>(() => file.Allocate(1001));
        Assert.Equal(200, _disk.Space("/data").FreeBytes);

        file.SetLength(100);
        Assert.Equal(900, _disk.Space("/data").FreeBytes);
        _disk.Delete("/data/a");
        Assert.Equal(1000, _disk.Space("/data").FreeBytes);
    }

    [Fact]
    public void Every_call_fails_after_the_machine_stops()
    {
        using IDiskFile file = Open("a");
        _disk.StopAtCall = _disk.Calls + 2;
        file.Write("x"u8, 0);

        Assert.Throws<CrashException>(() => file.Write("y"u8, 1));
        Assert.Throws<CrashException>(file.Sync);
        Assert.Throws<CrashException>(() => _disk.Open("/data/b", DiskAccess.CreateNew));
        Assert.Equal("x", Text(_disk, "a"));
    }

    [Fact]
    public void Every_call_is_seen_before_it_has_an_effect()
    {
        var calls = new List<DiskCall>();
        _disk.BeforeCall = calls.Add;
        Write("a", "abc");

        Assert.Equal([DiskOperation.Open, DiskOperation.Write, DiskOperation.Sync], calls.Select(static call => call.Operation));
        Assert.Equal(3, calls[1].Length);
        Assert.Equal("/data/a", calls[1].Path);
    }

    [Fact]
    public void Short_reads_are_made_whole_by_reading_fully()
    {
        Write("a", new string('x', 5000));
        _disk.ShortReads = true;
        using IDiskFile file = _disk.Open("/data/a", DiskAccess.Read);

        var bytes = new byte[5000];
        Assert.InRange(file.Read(bytes, 0), 1, 5000);
        Assert.Equal(5000, file.ReadFully(bytes, 0));
        Assert.All(bytes, static b => Assert.Equal((byte)'x', b));
    }

    [Fact]
    public void A_flipped_bit_stays_flipped()
    {
        Write("a", "abc");
        _disk.SyncFolder("/data");

        _disk.FlipBit("/data/a", 1, 0);

        Assert.Equal("acc", Text(_disk, "a"));
        Assert.Equal("acc", Text(_disk.Crash(0, Survival.None), "a"));
    }

    [Fact]
    public void A_network_file_system_is_refused_unless_it_is_allowed()
    {
        _disk.IsNetwork = true;

        IOException e = Assert.Throws<IOException>(() => DataFolderLock.Acquire(_disk, "/data", allowNetworkFileSystem: false));
        Assert.Contains("network file system (nfs)", e.Message, StringComparison.Ordinal);
        DataFolderLock.Acquire(_disk, "/data", allowNetworkFileSystem: true).Dispose();
    }

    [Fact]
    public void Replacing_a_file_leaves_the_old_or_the_new_one_at_every_crash()
    {
        AtomicFile.Replace(_disk, "/data/a", "old content"u8);
        var left = new List<string>();
        _disk.BeforeCall = _ => left.AddRange(Enumerable.Range(0, 20).Select(seed => Text(_disk.Crash(seed), "a")));

        AtomicFile.Replace(_disk, "/data/a", "new, longer content"u8);

        Assert.Equal(["new, longer content", "old content"], left.Distinct().Order());
        Assert.Equal("new, longer content", Text(_disk.Crash(0, Survival.None), "a"));
    }

    [Fact]
    public void Sparse_bytes_behave_like_an_array()
    {
        var operations = Gen.Choose(0, 30_000).Two().SelectMany(pair => Gen.Choose(0, 2).Select(kind => (Kind: kind, At: pair.Item1, Length: pair.Item2)));
        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(Arb.From(operations.ListOf()), list =>
        {
            using IDiskFile file = new FaultyDisk().Open("/model", DiskAccess.CreateNew);
            byte[] model = [];
            foreach ((int kind, int at, int length) in list)
            {
                if (kind == 0)
                {
                    Array.Resize(ref model, at);
                    file.SetLength(at);
                }
                else
                {
                    byte[] bytes = Enumerable.Repeat((byte)(at + kind), kind == 1 ? length : length / 100).ToArray();
                    Array.Resize(ref model, bytes.Length == 0 ? model.Length : Math.Max(model.Length, at + bytes.Length));
                    bytes.CopyTo(model.AsSpan(Math.Min(at, model.Length)));
                    file.Write(bytes, at);
                }
            }

            var back = new byte[file.Length];
            file.ReadFully(back, 0);
            return back.SequenceEqual(model);
        }));
    }

    private static string Text(FaultyDisk disk, string name) => Encoding.ASCII.GetString(disk.ReadFile("/data/" + name));

    private IDiskFile Open(string name) => _disk.Open("/data/" + name, DiskAccess.CreateNew);
}
