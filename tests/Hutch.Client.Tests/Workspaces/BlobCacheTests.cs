using System.Text;
using Hutch.Client.Fetch;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Testing;
using Microsoft.Win32.SafeHandles;

namespace Hutch.Client.Tests.Workspaces;

public sealed class BlobCacheTests : IDisposable
{
    private const UnixFileMode GroupMode =
        UnixFileMode.SetGroup | UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;

    private static readonly uint Member = FileFacts.CurrentUser + 1;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_cache_of_a_user_is_open_to_that_user_only()
    {
        Fill("shared");

        Assert.All(
            Directory.EnumerateFileSystemEntries(_folder["cache"], "*", SearchOption.AllDirectories).Append(_folder["cache"]),
            path => Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(path) & (UnixFileMode)0b000_111_111));
    }

    [Fact]
    public void The_cache_of_a_group_is_read_by_its_members_and_filled_by_its_owner()
    {
        Directory.CreateDirectory(_folder["cache"]);
        File.SetUnixFileMode(_folder["cache"], GroupMode);
        string copy = Fill("shared");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.GroupRead, File.GetUnixFileMode(copy));
        Assert.Equal(GroupMode, File.GetUnixFileMode(Path.GetDirectoryName(copy)!));

        using BlobCache asMember = BlobCache.Open(_folder["cache"], Member);
        Assert.Null(asMember.Temporary);
        Assert.Equal("shared", Read(asMember, "shared"));
        asMember.Add(BlobHash.Compute("mine"u8), "mine"u8);
        Assert.Null(Read(asMember, "mine"));
    }

    [Fact]
    public void Cached_files_that_only_their_owner_can_change_are_not_hashed_again()
    {
        string copy = Fill("shared");

        // Only computing the hash would reveal this change.
        Change(copy, "SHARED", keepTime: true);

        using BlobCache cache = BlobCache.Open(_folder["cache"]);
        Assert.Equal("SHARED", Read(cache, "shared"));
        Assert.False(cache.IsWhole(BlobHash.Compute("shared"u8), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void What_was_changed_is_hashed_and_not_used()
    {
        string copy = Fill("shared");
        Change(copy, "SHARED", keepTime: false);

        using (BlobCache asMember = BlobCache.Open(_folder["cache"], Member))
        {
            Assert.Null(Read(asMember, "shared"));
            Assert.True(File.Exists(copy));
        }

        using BlobCache cache = BlobCache.Open(_folder["cache"]);
        Assert.Null(Read(cache, "shared"));
        Assert.False(File.Exists(copy));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherExecute)]
    public void A_cache_that_others_can_read_or_change_is_refused(UnixFileMode bit)
    {
        Fill("shared");
        File.SetUnixFileMode(_folder["cache"], GroupMode | bit);

        HutchException refusal = Assert.Throws<HutchException>(() => BlobCache.Open(_folder["cache"]));

        Assert.Contains("chmod -R go-rwx", refusal.Error.Code.Advice, StringComparison.Ordinal);
    }

    private string Fill(string text)
    {
        using BlobCache cache = BlobCache.Open(_folder["cache"]);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        cache.Add(BlobHash.Compute(bytes), bytes);
        return cache.PathOf(BlobHash.Compute(bytes));
    }

    private static string? Read(BlobCache cache, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        using SafeFileHandle? file = cache.TryOpen(BlobHash.Compute(bytes), bytes.Length, TestContext.Current.CancellationToken);
        if (file is null)
        {
            return null;
        }

        RandomAccess.Read(file, bytes, 0);
        return Encoding.UTF8.GetString(bytes);
    }

    private static void Change(string path, string text, bool keepTime)
    {
        DateTime before = File.GetLastWriteTimeUtc(path);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(path, text);
        if (keepTime)
        {
            File.SetLastWriteTimeUtc(path, before);
        }
    }
}
