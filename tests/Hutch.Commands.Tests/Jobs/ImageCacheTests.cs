using Hutch.Model;
using Hutch.Node.Attempts;
using Hutch.Testing;
using Hutch.Testing.Clocks;

namespace Hutch.Commands.Tests.Jobs;

/// <summary>The images that nodes keep between runs, on a real disk.</summary>
public sealed class ImageCacheTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new();
    private int _staged;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_image_is_staged_once_for_consecutive_and_concurrent_runs()
    {
        CachedImage?[] all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => TakeAsync('a', 10, TimeProvider.System), Ct)));
        foreach (CachedImage? one in all)
        {
            Assert.Equal("a", await File.ReadAllTextAsync(Path.Combine(one!.Path, "etc"), Ct));
            one.Dispose();
        }

        using CachedImage? later = await TakeAsync('a', 10);
        Assert.Equal((1, all[0]!.Path), (_staged, later!.Path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder["images"]));
    }

    [Fact]
    public async Task The_image_that_was_used_least_recently_makes_room_unless_a_run_uses_it()
    {
        (await TakeAsync('a', 40))!.Dispose();
        (await TakeAsync('b', 40))!.Dispose();
        using CachedImage? used = await TakeAsync('a', 40);

        using (CachedImage? next = await TakeAsync('c', 40))
        {
            Assert.NotNull(next);
            Assert.Equal("ac", Kept());

            // Both are in use.
            Assert.Null(await TakeAsync('b', 40));
        }

        (await TakeAsync('b', 60))!.Dispose();
        Assert.Equal("ab", Kept());
        Assert.True(Directory.Exists(used!.Path));
        Assert.Null(await TakeAsync('d', 101));
        Assert.Equal(4, _staged);
        Assert.Equal(2, Directory.EnumerateDirectories(_folder["images"]).Count());
    }

    [Fact]
    public async Task What_was_staged_in_part_is_staged_again()
    {
        // A node that failed, and one that was killed.
        await Assert.ThrowsAsync<IOException>(() => Cache(_time).TakeAsync(Root('a'), 10, FailAsync, Ct));
        Assert.Empty(Directory.EnumerateDirectories(_folder["images"]));
        Directory.CreateDirectory(_folder["images", Root('a').ToString()]);
        await File.WriteAllTextAsync(_folder["images", Root('a').ToString(), "left"], "", Ct);

        using CachedImage? image = await TakeAsync('a', 10);

        Assert.Equal("etc", Path.GetFileName(Assert.Single(Directory.EnumerateFileSystemEntries(image!.Path))));

        static async Task FailAsync(string place, CancellationToken ct)
        {
            await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(place).FullName, "etc"), "half", ct);
            throw new IOException("No space left on device");
        }
    }

    private static BlobHash Root(char name) => BlobHash.Compute([(byte)name]);

    private ImageCache Cache(TimeProvider time) => new(_folder["images"], 100, time);

    private Task<CachedImage?> TakeAsync(char name, long bytes, TimeProvider? time = null)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        return Cache(time ?? _time).TakeAsync(
            Root(name), bytes,
            async (place, ct) =>
            {
                Interlocked.Increment(ref _staged);
                await Task.Yield();
                await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(place).FullName, "etc"), name.ToString(), ct);
            },
            Ct);
    }

    private string Kept() => string.Concat(
        "abc".Where(name => File.Exists(Path.Combine(_folder["images"], Root(name) + ".done"))));
}
