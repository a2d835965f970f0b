using System.Net;
using Hutch.Cli.DataLad.Stores;
using Hutch.Client.Tests.Fakes;
using Hutch.Disk;
using Hutch.Disk.Faults;

namespace Hutch.Cli.Tests.DataLad;

/// <summary>Stores of somebody else: no more is taken of them than a key says, and than there is room for.</summary>
public sealed class KeySourceTests
{
    private const string Key = "MD5E-s4--098f6bcd4621d373cade4e832627b4f6.bin";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_of_a_web_server_is_fetched_as_it_is()
    {
        using var folder = new TemporaryFolder();

        (KeyFile? file, string[] told) = await FetchAsync(folder, Key, TimeProvider.System, static _ => new StringContent("test"));

        Assert.Equal("test", await File.ReadAllTextAsync(file!.Value.Path, Ct));
        Assert.Empty(told);
    }

    [Theory]
    [InlineData(Key, true, "says 4 bytes, and the store has 9")]
    [InlineData(Key, false, "sends more than the key says")]
    [InlineData("MD5--098f6bcd4621d373cade4e832627b4f6", false, "than there is room for")]
    [InlineData("MD5--098f6bcd4621d373cade4e832627b4f6", true, "has no room")]
    public async Task A_web_server_that_sends_too_much_is_named_and_nothing_of_it_stays(string key, bool announces, string words)
    {
        using var folder = new TemporaryFolder();

        (KeyFile? file, string[] told) = await FetchAsync(
            folder, key, TimeProvider.System, _ => announces ? new StringContent("123456789") : new Unannounced("123456789"), room: 5);

        Assert.Null(file);
        Assert.Contains(told, one => one.Contains(words, StringComparison.Ordinal));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task Nobody_waits_for_a_web_server_that_sends_nothing()
    {
        using var folder = new TemporaryFolder();

        (KeyFile? file, string[] told) = await FetchAsync(folder, Key, InstantTime.Instance, static _ => new Unannounced(null));

        Assert.Null(file);
        Assert.Contains(told, static one => one.Contains("sent nothing for 60 s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_member_of_an_archive_for_which_there_is_no_room_is_named_and_the_next_is_unpacked()
    {
        using var folder = new TemporaryFolder();
        const string Large = "MD5E-s9--00000000000000000000000000000000.bin";
        foreach ((string key, string content) in new[] { (Large, "123456789"), (Key, "test") })
        {
            Directory.CreateDirectory(folder[$"loose/xx/yy/{key}"]);
            await File.WriteAllTextAsync(folder[$"loose/xx/yy/{key}/{key}"], content, Ct);
        }

        await SevenZip.AddAsync(folder["loose"], folder["archive.7z"], Ct);
        Directory.CreateDirectory(folder["copies"]);
        var told = new List<string>();
        var source = new ArchiveKeys(folder["archive.7z"], new Scratch(folder["copies"], new SmallDisk(5)), told.Add);

        IReadOnlyCollection<string> listed = await source.ListAsync(Ct);
        KeyFile only = await source.ReadAsync(listed.ToHashSet(StringComparer.Ordinal), Ct).SingleAsync(Ct);

        Assert.Equal(2, listed.Count);
        Assert.Equal("test", await File.ReadAllTextAsync(only.Path, Ct));
        Assert.Contains("has no room", Assert.Single(told), StringComparison.Ordinal);
    }

    private static async Task<(KeyFile? File, string[] Told)> FetchAsync(
        TemporaryFolder folder, string key, TimeProvider time, Func<Uri, HttpContent> answer, long room = 1 << 20)
    {
        var told = new List<string>();
        using var web = new HttpClient(new Answering(answer));
        var source = new WebKeys(
            web, new Uri("http://store.example.org/ria"), [key], new Scratch(folder.Path, new SmallDisk(room)), time, told.Add);
        KeyFile[] files = await source.ReadAsync(new HashSet<string>([key]), Ct).ToArrayAsync(Ct);
        return (files.Length > 0 ? files[0] : null, [.. told]);
    }

    /// <summary>A disk with room for so many bytes beside what is never taken.</summary>
    private sealed class SmallDisk(long room) : WrappedDisk(LocalDisk.Instance)
    {
        public override DiskSpace Space(string folder) => base.Space(folder) with { FreeBytes = room + (64 << 20) };
    }

    private sealed class Answering(Func<Uri, HttpContent> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = answer(request.RequestUri!) });
    }

    /// <summary>A body of which nobody says how long it is; null for one that never comes.</summary>
    private sealed class Unannounced(string? text) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new NotSupportedException();

        protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(
            text is null ? new Silence() : new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)));

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    private sealed class Silence : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return 0;
        }
    }
}
