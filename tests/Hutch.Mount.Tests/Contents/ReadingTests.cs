using Hutch.Client.Http;
using Hutch.Model;
using Hutch.Mount.Contents;
using Hutch.Mount.Tests.Fakes;
using Hutch.Objects.Http;

namespace Hutch.Mount.Tests.Contents;

/// <summary>Reads of any part, in any order, by several readers: what comes are the file's bytes, or an error.</summary>
public sealed class ReadingTests
{
    private const int Block = FileContent.BlockBytes;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, Block - 1)]
    [InlineData(3, Block)]
    [InlineData(4, Block + 1)]
    [InlineData(5, (5 * Block) + 12345)]
    [InlineData(6, 40 * Block)]
    public async Task Random_parts_at_odd_offsets_are_the_bytes_of_the_file(int seed, int size)
    {
        using var mounted = new Mounted();
        (byte[] bytes, FileContent content) = Add(mounted, size, seed);
        BlobReaders readers = mounted.NewReaders();
        BlobReader reader = readers.Open(content, out _);

        await Parallel.ForAsync(0, 4, Ct, async (thread, ct) =>
        {
            var random = new Random((seed * 100) + thread);
            var file = new OpenFile(content, reader);
            long offset = 0;
            for (int i = 0; i < 150; i++)
            {
                offset = random.Next(3) == 0 ? random.NextInt64(size + 10) : offset; // some parts in order, some anywhere
                int length = random.Next(1, 300_000);
                byte[] part = await ReadAsync(file, offset, length, ct);
                int first = (int)Math.Min(offset, size);
                Assert.True(part.AsSpan().SequenceEqual(bytes.AsSpan(first, Math.Min(length, size - first))));
                offset += part.Length;
            }
        });

        await readers.CloseAsync(content, reader, Ct);
    }

    [Fact]
    public async Task A_file_is_downloaded_once_for_all_readers_and_all_processes()
    {
        using var mounted = new Mounted();
        (byte[] bytes, FileContent content) = Add(mounted, 20 * Block, seed: 7);
        await ReadAllAsync(mounted.NewReaders(), content, bytes);
        int downloads = mounted.Server.Downloads;
        await ReadAllAsync(mounted.NewReaders(mounted.NewCache()), content, bytes);

        Assert.InRange(downloads, 1, 20 / 2); // blocks come several in one request
        Assert.Equal(downloads, mounted.Server.Downloads);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(3 * Block)]
    [InlineData((5 * Block) - 1)]
    public async Task A_file_with_a_wrong_byte_is_never_read_to_its_end(int wrong)
    {
        using var mounted = new Mounted();
        (byte[] bytes, FileContent content) = Add(mounted, 5 * Block, seed: 8);
        mounted.Server.Damage = (start, range) => Flip(range, wrong - start);
        BlobReaders readers = mounted.NewReaders();

        await Assert.ThrowsAsync<VerificationException>(() => ReadAllAsync(readers, content, bytes: null));

        mounted.Server.Damage = null;
        BlobReader again = readers.Open(content, out bool mayKeepPages);
        Assert.False(mayKeepPages);
        await readers.CloseAsync(content, again, Ct);
        await ReadAllAsync(readers, content, bytes);
        await ReadAllAsync(mounted.NewReaders(mounted.NewCache()), content, bytes);
    }

    [Fact]
    public async Task A_small_file_with_a_wrong_byte_gives_not_one_byte()
    {
        using var mounted = new Mounted();
        (_, FileContent content) = Add(mounted, 1000, seed: 9);
        mounted.Server.Damage = (start, range) => Flip(range, 999 - start);
        BlobReaders readers = mounted.NewReaders();
        BlobReader reader = readers.Open(content, out _);

        await Assert.ThrowsAsync<VerificationException>(() => ReadAsync(new OpenFile(content, reader), 0, 1, Ct));
        await readers.CloseAsync(content, reader, Ct);
    }

    [Fact]
    public async Task Once_a_file_is_verified_each_block_that_comes_again_is_compared()
    {
        using var mounted = new Mounted();
        (byte[] bytes, FileContent content) = Add(mounted, 4 * Block, seed: 10);
        await ReadAllAsync(mounted.NewReaders(), content, bytes);
        mounted.Cache.Remove(content.Hash!.Value, "1");
        mounted.Server.Damage = (start, range) => Flip(range, Block + 5 - start);
        BlobReaders readers = mounted.NewReaders();
        BlobReader reader = readers.Open(content, out _);
        var file = new OpenFile(content, reader);

        await Assert.ThrowsAsync<VerificationException>(() => ReadAsync(file, Block, 10, Ct));

        mounted.Server.Damage = null;
        Assert.True((await ReadAsync(file, Block, 10, Ct)).AsSpan().SequenceEqual(bytes.AsSpan(Block, 10)));
        await readers.CloseAsync(content, reader, Ct);
    }

    [Fact]
    public async Task A_broken_download_resumes_and_a_download_without_a_response_is_retried()
    {
        using var mounted = new Mounted();
        (byte[] bytes, FileContent content) = Add(mounted, 6 * Block, seed: 11);
        foreach (int length in new[] { 0, 10, Block, Block + 10 })
        {
            mounted.Server.Breaks.Enqueue(length);
        }

        mounted.Server.Silent = 3;
        await ReadAllAsync(mounted.NewReaders(), content, bytes);

        Assert.Contains(mounted.Messages, static message => message.Contains("trying again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_stays_away_is_an_error_after_a_time_and_readers_continue_when_it_is_back()
    {
        using var mounted = new Mounted(retry: TimeSpan.FromMilliseconds(300));
        (byte[] bytes, FileContent content) = Add(mounted, 2 * Block, seed: 12);
        mounted.Server.Silent = int.MaxValue;
        BlobReaders readers = mounted.NewReaders();
        BlobReader reader = readers.Open(content, out _);
        var file = new OpenFile(content, reader);

        await Assert.ThrowsAsync<ServerUnreachableException>(() => ReadAsync(file, 0, 10, Ct));

        mounted.Server.Silent = 0;
        Assert.True((await ReadAsync(file, 0, 10, Ct)).AsSpan().SequenceEqual(bytes.AsSpan(0, 10)));
        await readers.CloseAsync(content, reader, Ct);
    }

    [Fact]
    public async Task A_file_that_was_replaced_on_the_server_is_not_mixed_with_the_new_one()
    {
        using var mounted = new Mounted(at: null);
        (byte[] bytes, FileContent content) = Add(mounted, 30 * Block, seed: 13);
        BlobReaders readers = mounted.NewReaders();
        BlobReader reader = readers.Open(content, out _);
        var file = new OpenFile(content, reader);
        Assert.True((await ReadAsync(file, 0, 10, Ct)).AsSpan().SequenceEqual(bytes.AsSpan(0, 10)));
        mounted.Server.Add("file", new byte[30 * Block]);

        HutchException refusal = await Assert.ThrowsAsync<HutchException>(() => ReadAsync(file, 29L * Block, 10, Ct));

        Assert.Equal(412, refusal.Error.Code.Status);
        await readers.CloseAsync(content, reader, Ct);
    }

    [Fact]
    public async Task A_file_that_was_renamed_while_it_is_open_is_read_under_its_new_name()
    {
        using var mounted = new Mounted(at: null);
        (byte[] bytes, FileContent content) = Add(mounted, 30 * Block, seed: 15);
        BlobReaders readers = mounted.NewReaders();
        BlobReader old = readers.Open(content, out _);
        mounted.Server.Add("renamed", bytes);
        mounted.Server.Remove("file");
        FileContent renamed = content with { Path = "renamed" };
        BlobReader reader = readers.Open(renamed, out _);

        Assert.True((await ReadAsync(new OpenFile(renamed, reader), 20L * Block, 10, Ct)).AsSpan().SequenceEqual(bytes.AsSpan(20 * Block, 10)));
        await readers.CloseAsync(content, old, Ct);
        await readers.CloseAsync(renamed, reader, Ct);
    }

    [Fact]
    public async Task A_file_without_a_hash_is_read_from_the_server_and_not_kept()
    {
        using var mounted = new Mounted(at: null);
        byte[] bytes = new byte[3 * Block];
        new Random(14).NextBytes(bytes);
        mounted.Server.Add("file", bytes, isHashed: false);
        var content = new FileContent("file", null, bytes.Length);

        await ReadAllAsync(mounted.NewReaders(), content, bytes);
        int downloads = mounted.Server.Downloads;
        await ReadAllAsync(mounted.NewReaders(), content, bytes);

        Assert.Equal(2 * downloads, mounted.Server.Downloads);
        Assert.Equal("lock", Path.GetFileName(Assert.Single(Directory.EnumerateFiles(mounted.CachePath, "*", SearchOption.AllDirectories))));
    }

    private static (byte[] Bytes, FileContent Content) Add(Mounted mounted, int size, int seed)
    {
        byte[] bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return (bytes, new FileContent("file", mounted.Server.Add("file", bytes), size));
    }

    private static void Flip(byte[] range, long offset)
    {
        if (offset >= 0 && offset < range.Length)
        {
            range[offset] ^= 1;
        }
    }

    private static async Task<byte[]> ReadAsync(OpenFile file, long offset, int length, CancellationToken ct)
    {
        FilePart part = await file.ReadAsync(offset, length, ct);
        using (part.Block)
        {
            return part.Bytes.ToArray();
        }
    }

    private static async Task ReadAllAsync(BlobReaders readers, FileContent content, byte[]? bytes)
    {
        BlobReader reader = readers.Open(content, out _);
        try
        {
            var file = new OpenFile(content, reader);
            for (long offset = 0; offset < content.Size; offset += 131072)
            {
                byte[] part = await ReadAsync(file, offset, 131072, Ct);
                Assert.True(bytes is null || part.AsSpan().SequenceEqual(bytes.AsSpan((int)offset, part.Length)));
            }
        }
        finally
        {
            await readers.CloseAsync(content, reader, Ct);
        }
    }
}
