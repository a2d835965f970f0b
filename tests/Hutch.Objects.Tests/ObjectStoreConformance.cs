using System.Security.Cryptography;
using System.Text;
using FsCheck.Fluent;
using Hutch.Disk;
using Hutch.Disk.Faults;
using Hutch.Model;
using Hutch.Model.Checksums;

namespace Hutch.Objects.Tests;

/// <summary>What every object store does, whatever keeps the objects.</summary>
public abstract class ObjectStoreConformance
{
    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    internal abstract IObjectStore Store { get; }

    [Fact]
    public async Task What_was_put_is_read_as_a_whole_and_in_parts()
    {
        byte[] bytes = RandomNumberGenerator.GetBytes(100_000);
        await Store.PutAsync("a/part", ObjectBody.From(bytes, BlobHash.Compute(bytes), Checksum.Crc32C(bytes)), Ct);

        foreach ((int offset, int length) in new[] { (0, 100_000), (0, 1), (99_999, 1), (4096, 70_000), (512, 0) })
        {
            var read = new byte[length];
            Assert.Equal(ObjectReadOutcome.Read, await Store.ReadAsync("a/part", offset, read, bytes.Length, Ct));
            Assert.Equal(bytes[offset..(offset + length)], read);
        }

        Assert.Equal(100_000, await Store.FindLengthAsync("a/part", Ct));
    }

    [Fact]
    public async Task A_file_is_stored_as_the_same_bytes_in_memory_are()
    {
        byte[] bytes = RandomNumberGenerator.GetBytes((9 << 20) + 13);
        using IDiskFile file = new FaultyDisk(1) { ShortReads = true }.Open("/file", DiskAccess.CreateNew);
        file.Write(bytes, 0);

        await Store.PutAsync("from a file", ObjectBody.From(file, bytes.Length), Ct);

        var read = new byte[bytes.Length];
        Assert.Equal(ObjectReadOutcome.Read, await Store.ReadAsync("from a file", 0, read, bytes.Length, Ct));
        Assert.Equal(bytes, read);
    }

    [Fact]
    public async Task An_object_may_be_empty()
    {
        await Store.PutAsync("empty", ObjectBody.From(ReadOnlyMemory<byte>.Empty), Ct);

        Assert.Equal(0, await Store.FindLengthAsync("empty", Ct));
        Assert.Equal(ObjectReadOutcome.Read, await Store.ReadAsync("empty", 0, Memory<byte>.Empty, 0, Ct));
    }

    [Fact]
    public async Task An_object_that_is_not_there_is_missing()
    {
        Assert.Equal(ObjectReadOutcome.Missing, await Store.ReadAsync("none", 0, new byte[10], 10, Ct));
        Assert.Null(await Store.FindLengthAsync("none", Ct));
    }

    [Theory]
    [InlineData(99)]
    [InlineData(10)]
    [InlineData(101)]
    public async Task An_object_of_another_length_is_not_taken_for_the_one_that_was_meant(int length)
    {
        await Store.PutAsync("cut", ObjectBody.From(new byte[length]), Ct);

        Assert.Equal(ObjectReadOutcome.Different, await Store.ReadAsync("cut", 20, new byte[50], 100, Ct));
        Assert.Equal(ObjectReadOutcome.Different, await Store.ReadAsync("cut", 0, new byte[100], 100, Ct));
    }

    [Fact]
    public async Task A_put_of_the_same_name_replaces()
    {
        await Store.PutAsync("again", ObjectBody.From("first"u8.ToArray()), Ct);
        await Store.PutAsync("again", ObjectBody.From("second"u8.ToArray()), Ct);

        var read = new byte[6];
        Assert.Equal(ObjectReadOutcome.Read, await Store.ReadAsync("again", 0, read, 6, Ct));
        Assert.Equal("second"u8, read);
    }

    [Fact]
    public async Task Deleted_objects_are_gone_and_deleting_them_again_succeeds()
    {
        await PutAllAsync("gone/1", "gone/2", "gone/3 & <four>");

        Assert.Empty(await Store.DeleteAsync(["gone/1", "gone/3 & <four>", "gone/never was"], Ct));
        Assert.Empty(await Store.DeleteAsync(["gone/1"], Ct));
        Assert.Empty(await Store.DeleteAsync([], Ct));

        Assert.Equal(["gone/2"], await ListAllAsync("gone/", 10));
    }

    [Fact]
    public async Task A_listing_has_the_keys_with_a_prefix_in_the_order_of_their_bytes()
    {
        string[] keys = ["list/a", "list/a b+%", "list/a/b", "list/b", "list/ü", "list/Z"];
        await PutAllAsync([.. keys, "lisa", "lisu"]);

        foreach (int limit in new[] { 1, 2, 3, 6, 7, 1000 })
        {
            Assert.Equal(keys.OrderBy(Encoding.UTF8.GetBytes, Comparer<byte[]>.Create(static (a, b) => a.AsSpan().SequenceCompareTo(b))), await ListAllAsync("list/", limit));
        }

        Assert.Empty(await ListAllAsync("list/none", 10));
    }

    [Fact]
    public async Task Any_part_of_an_object_is_what_was_put_there()
    {
        byte[] bytes = RandomNumberGenerator.GetBytes(3000);
        await Store.PutAsync("any", ObjectBody.From(bytes), Ct);

        foreach ((int from, int length) in Gen.Zip(Gen.Choose(0, 2999), Gen.Choose(1, 3000)).Sample(20).Select(static x => (x.Item1, Math.Min(x.Item2, 3000 - x.Item1))))
        {
            var read = new byte[length];
            Assert.Equal(ObjectReadOutcome.Read, await Store.ReadAsync("any", from, read, bytes.Length, Ct));
            Assert.Equal(bytes[from..(from + length)], read);
        }
    }

    private async Task PutAllAsync(params string[] keys)
    {
        foreach (string key in keys)
        {
            await Store.PutAsync(key, ObjectBody.From(Encoding.UTF8.GetBytes(key)), Ct);
        }
    }

    private async Task<List<string>> ListAllAsync(string prefix, int limit)
    {
        var all = new List<string>();
        ObjectPage page;
        do
        {
            page = await Store.ListAsync(prefix, all.Count == 0 ? null : all[^1], limit, Ct);
            Assert.True(page.Objects.Count <= limit);
            all.AddRange(page.Objects.Select(static found => found.Key));
        }
        while (!page.IsLast);

        return all;
    }
}
