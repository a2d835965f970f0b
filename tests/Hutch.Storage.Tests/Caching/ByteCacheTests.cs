using Hutch.Disk;
using Hutch.Disk.Faults;
using Hutch.Model.Checksums;
using Hutch.Storage.Caching;

namespace Hutch.Storage.Tests.Caching;

/// <summary>The cache answers what was put there, or nothing, whatever its disk does.</summary>
public sealed class ByteCacheTests : IDisposable
{
    private const string Folder = "/cache";

    private readonly FaultyDisk _disk = new(1);
    private ByteCache _cache;

    public ByteCacheTests() => _cache = Open(_disk);

    public void Dispose() => _cache.Dispose();

    [Fact]
    public void What_was_added_is_read_under_its_key_only()
    {
        Add(1, Body(1, 5000));
        Add(2, Body(2, 0));

        Assert.Equal(Body(1, 5000), Read(1, Body(1, 5000)));
        Assert.Equal(Body(2, 0), Read(2, Body(2, 0)));
        Assert.Null(Read(3, Body(3, 10)));
    }

    [Fact]
    public void Bytes_of_another_length_or_checksum_are_not_taken_for_those_that_were_meant()
    {
        Add(1, Body(1, 5000));

        Assert.Null(Read(1, Body(1, 4999)));
        Assert.Null(Read(1, Body(2, 5000)));
    }

    [Fact]
    public void The_cache_keeps_its_items_over_a_restart()
    {
        for (int i = 0; i < 300; i++)
        {
            Add(i, Body(i, (i * 7919) % 40_000));
        }

        List<int> before = Present(300);
        Reopen();

        Assert.Equal(before, Present(300));
        Assert.NotEmpty(before);
    }

    [Fact]
    public void It_never_takes_more_than_it_may_and_gives_up_the_oldest_first()
    {
        for (int i = 0; i < 2000; i++)
        {
            Add(i, Body(i, 20_000));
            Assert.True(_disk.TakenBytes <= 8 << 20, $"{_disk.TakenBytes} bytes after {i}");
        }

        List<int> present = Present(2000);
        Assert.Equal(Enumerable.Range(present[0], 2000 - present[0]), present);
        Assert.InRange(present.Count, 250, 420);
    }

    [Fact]
    public void Frequently_read_items_stay_in_the_cache()
    {
        for (int i = 0; i < 2000; i++)
        {
            Add(i, Body(i, 20_000));
            Assert.NotNull(Read(0, Body(0, 20_000)));
        }
    }

    [Fact]
    public void A_changed_byte_is_not_served_and_not_asked_for_again()
    {
        Add(1, Body(1, 5000));
        using (IDiskFile file = _disk.Open(Path.Combine(Folder, _disk.ListFiles(Folder).Single()), DiskAccess.ReadWrite))
        {
            file.Write([0xFF], 4000);
        }

        Assert.Null(Read(1, Body(1, 5000)));
        Assert.Equal(0, _cache.Count);
        Add(1, Body(1, 5000));
        Assert.Equal(Body(1, 5000), Read(1, Body(1, 5000)));
    }

    [Fact]
    public void A_full_disk_only_means_that_nothing_is_kept()
    {
        _disk.CapacityBytes = _disk.TakenBytes + 100_000;

        for (int i = 0; i < 50; i++)
        {
            Add(i, Body(i, 20_000));
        }

        _disk.CapacityBytes = long.MaxValue;
        Add(99, Body(99, 20_000));
        Assert.Equal(Body(99, 20_000), Read(99, Body(99, 20_000)));
        AssertNothingWrong(_cache, 100, 20_000);
    }

    [Fact]
    public void Space_that_others_need_is_left_to_them()
    {
        _cache.Dispose();
        _disk.CapacityBytes = 100 << 20;
        _cache = Open(_disk, reserve: 100 << 20);

        Add(1, Body(1, 5000));

        Assert.Null(Read(1, Body(1, 5000)));
        Assert.Empty(_disk.ListFiles(Folder));
    }

    [Fact]
    public void A_disk_on_which_nothing_works_is_no_failure()
    {
        Add(1, Body(1, 5000));
        _disk.FailWith = static _ => new IOException("The disk is gone.");

        Add(2, Body(2, 5000));
        Assert.Null(Read(1, Body(1, 5000)));
        Reopen();
        Add(3, Body(3, 5000));
        Assert.Null(Read(3, Body(3, 5000)));
    }

    [Theory]
    [InlineData(nameof(DiskOperation.Write))]
    [InlineData(nameof(DiskOperation.Open))]
    [InlineData(nameof(DiskOperation.Delete))]
    [InlineData(nameof(DiskOperation.Read))]
    public void Failures_of_the_disk_now_and_then_cost_copies_and_nothing_else(string failing)
    {
        DiskOperation operation = Enum.Parse<DiskOperation>(failing);
        _disk.FailWith = call => call.Operation == operation && call.Number % 5 == 0 ? new IOException("Now and then.") : null;

        for (int i = 0; i < 1500; i++)
        {
            Add(i, Body(i, 20_000));
            AssertRight(_cache, i / 2, 20_000);
        }

        _disk.FailWith = null;
        AssertNothingWrong(_cache, 1500, 20_000);
        Reopen();
        AssertNothingWrong(_cache, 1500, 20_000);
    }

    [Trait("Quick", "no")]
    [Fact]
    public void After_a_power_cut_at_any_moment_only_what_was_added_is_served()
    {
        var crashed = new List<FaultyDisk>();
        _disk.BeforeCall = call =>
        {
            if (call.IsChange && call.Number % 7 == 0)
            {
                crashed.Add(_disk.Crash((int)call.Number, (Survival)(call.Number % 5)));
            }
        };
        for (int i = 0; i < 400; i++)
        {
            Add(i, Body(i, 700 + ((i * 7919) % 60_000)));
        }

        _disk.BeforeCall = null;
        Assert.NotEmpty(crashed);
        foreach (FaultyDisk disk in crashed)
        {
            using ByteCache cache = Open(disk);
            for (int i = 0; i < 400; i++)
            {
                AssertRight(cache, i, 700 + ((i * 7919) % 60_000));
            }

            cache.Add(Key(1000), Body(1000, 100), Checksum.Crc32C(Body(1000, 100)));
            AssertRight(cache, 1000, 100);
        }
    }

    [Fact]
    public void No_more_members_are_kept_than_the_memory_allows()
    {
        _cache.Dispose();
        _cache = Open(_disk, maxEntries: 100);

        for (int i = 0; i < 1000; i++)
        {
            Add(i, Body(i, 10));
            AssertRight(_cache, i, 10);
            Assert.True(_cache.Count <= 100);
        }

        Assert.NotNull(Read(999, Body(999, 10)));
    }

    [Fact]
    public void Everything_can_be_forgotten()
    {
        Add(1, Body(1, 5000));

        _cache.Clear();

        Assert.Null(Read(1, Body(1, 5000)));
        Assert.Empty(_disk.ListFiles(Folder));
        Reopen();
        Assert.Equal(0, _cache.Count);
    }

    [Fact]
    public async Task Many_threads_read_and_write_at_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(
            () =>
            {
                var random = new Random(thread);
                for (int i = 0; i < 400; i++)
                {
                    int number = random.Next(500);
                    Add(number, Body(number, 20_000));
                    AssertRight(_cache, random.Next(500), 20_000);
                }
            },
            TestContext.Current.CancellationToken)));

        AssertNothingWrong(_cache, 500, 20_000);
    }

    [Fact]
    public void A_key_of_an_object_is_never_one_of_a_row()
    {
        Assert.NotEqual(CacheKey.OfObject("extents/a"), CacheKey.OfObject("extents/b"));
        Assert.True(CacheKey.OfObject("extents/a").High >> 63 == 1 && CacheKey.OfRow(long.MaxValue, 0).High >> 63 == 0);
    }

    private static ByteCache Open(FaultyDisk disk, long reserve = 0, int maxEntries = 1_000_000) =>
        ByteCache.Open(disk, Folder, new CacheOptions { CacheBytes = 8 << 20, ReserveBytes = reserve, MaxEntries = maxEntries }, "Hutch.Test.Cache");

    private static CacheKey Key(int number) => CacheKey.OfRow(number + 1, number * 3);

    private static byte[] Body(int number, int length)
    {
        var body = new byte[length];
        new Random(number).NextBytes(body);
        return body;
    }

    private static void AssertRight(ByteCache cache, int number, int length)
    {
        byte[] expected = Body(number, length);
        var body = new byte[length];
        if (cache.TryRead(Key(number), body, Checksum.Crc32C(expected)))
        {
            Assert.True(expected.AsSpan().SequenceEqual(body), $"Body {number} is another one.");
        }
    }

    private static void AssertNothingWrong(ByteCache cache, int count, int length)
    {
        for (int i = 0; i < count; i++)
        {
            AssertRight(cache, i, length);
        }
    }

    private void Add(int number, byte[] body) => _cache.Add(Key(number), body, Checksum.Crc32C(body));

    private byte[]? Read(int number, byte[] expected)
    {
        var body = new byte[expected.Length];
        return _cache.TryRead(Key(number), body, Checksum.Crc32C(expected)) ? body : null;
    }

    private List<int> Present(int count) => [.. Enumerable.Range(0, count).Where(i =>
        _cache.TryRead(Key(i), new byte[LengthOf(i, count)], Checksum.Crc32C(Body(i, LengthOf(i, count)))))];

    private static int LengthOf(int number, int count) => count == 300 ? (number * 7919) % 40_000 : 20_000;

    private void Reopen()
    {
        _cache.Dispose();
        _cache = Open(_disk);
    }
}
