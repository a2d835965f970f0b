using Hutch.Model;
using Hutch.Mount.Contents;
using Hutch.Testing;
using Hutch.Testing.Clocks;

namespace Hutch.Mount.Tests.Contents;

/// <summary>The cache that mounts share: bounded, private, and never with a wrong piece.</summary>
public sealed class CacheFolderTests : IDisposable
{
    private const int PieceBytes = 100_000;

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly List<string> _messages = [];

    private string Path => _folder["cache"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_piece_is_read_as_it_was_added_by_any_user_of_the_folder()
    {
        using CacheFolder one = Open(), other = Open();
        one.Add(Hash(1), "0", [1, 2, 3]);

        Assert.Equal([1, 2, 3], other.TryRead(Hash(1), "0"));
        Assert.Null(other.TryRead(Hash(1), "1"));
        Assert.Null(other.TryRead(Hash(2), "0"));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(500, 1)]
    [InlineData(1003, 1)]
    [InlineData(1000, -1)]
    [InlineData(2, -1)]
    public void A_piece_that_was_damaged_or_cut_is_removed(int position, int change)
    {
        using CacheFolder cache = Open();
        cache.Add(Hash(1), "0", new byte[1000]);
        string file = Files().Single();
        byte[] bytes = File.ReadAllBytes(file);
        if (change < 0)
        {
            bytes = bytes[..position];
        }
        else
        {
            bytes[position] ^= 1;
        }

        File.WriteAllBytes(file, bytes);

        Assert.Null(cache.TryRead(Hash(1), "0"));
        Assert.Empty(Files());
    }

    [Fact]
    public void A_piece_under_the_name_of_another_is_not_taken_for_it()
    {
        using CacheFolder cache = Open();
        cache.Add(Hash(1), "0", [1, 2, 3]);
        File.Copy(Files().Single(), Files().Single().Replace(".0", ".1", StringComparison.Ordinal));

        Assert.Null(cache.TryRead(Hash(1), "1"));
    }

    [Fact]
    public void The_least_recently_used_pieces_go_first_and_the_folder_stays_below_its_bound()
    {
        const long Bound = 40 * PieceBytes;
        using CacheFolder cache = Open(Bound);
        for (byte i = 0; i < 100; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(2));
            cache.Add(Hash(i), "0", new byte[PieceBytes]);
            File.SetLastWriteTimeUtc(Files().Single(file => file.Contains(Hash(i).ToString(), StringComparison.Ordinal)), _time.GetUtcNow().UtcDateTime);
            Assert.NotNull(cache.TryRead(Hash(0), "0")); // used all the time
            Assert.InRange(Files().Sum(static file => new FileInfo(file).Length), 0, Bound);
        }

        Assert.NotNull(cache.TryRead(Hash(99), "0"));
        Assert.Null(cache.TryRead(Hash(1), "0"));
        Assert.True(Files().Count > 30);
    }

    [Fact]
    public void A_folder_that_others_can_read_is_refused()
    {
        Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead);

        Assert.Contains("other users", Assert.Throws<HutchException>(() => Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cache_that_cannot_be_written_is_reported_once_and_reads_continue()
    {
        using CacheFolder cache = Open();
        cache.Add(Hash(1), "0", [1]);
        foreach (string folder in Directory.EnumerateDirectories(Path))
        {
            Directory.Delete(folder, recursive: true); // a file of a removed folder cannot be made, even by root
        }

        cache.Add(Hash(1), "1", [1]);
        cache.Add(Hash(1), "2", [1]);

        Assert.Null(cache.TryRead(Hash(1), "1"));
        Assert.Contains("cannot be used", Assert.Single(_messages), StringComparison.Ordinal);
    }

    private static BlobHash Hash(byte number) => BlobHash.Compute([number]);

    private CacheFolder Open(long bytes = 1L << 30) => CacheFolder.Open(Path, bytes, _time, _messages.Add);

    private List<string> Files() => [.. Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories).Where(static file => System.IO.Path.GetFileName(file) != "lock")];
}
