using System.Net;
using Hutch.DataLadClient.Stores;
using Hutch.Testing;
using Hutch.Testing.Clocks;

namespace Hutch.Commands.Tests.DataLad;

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
            folder, key, TimeProvider.System, _ => announces ? new StringContent("123456789") : new Unannounced(new MemoryStream("123456789"u8.ToArray())), room: 5);

        Assert.Null(file);
        Assert.Contains(told, one => one.Contains(words, StringComparison.Ordinal));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task A_download_from_a_web_server_that_sends_nothing_times_out()
    {
        using var folder = new TemporaryFolder();
        var time = new ManualTime();
        var silence = new Unannounced(new Dripping(time, 0));

        (KeyFile? file, string[] told) = await FetchAsync(folder, Key, time, _ => silence);

        Assert.Null(file);
        Assert.True(silence.IsRead);
        Assert.Contains(told, static one => one.Contains("sent nothing for 60 s", StringComparison.Ordinal));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task A_web_server_that_sends_a_byte_now_and_then_is_given_up()
    {
        using var folder = new TemporaryFolder();
        var time = new ManualTime();

        (KeyFile? file, string[] told) = await FetchAsync(
            folder, "MD5--098f6bcd4621d373cade4e832627b4f6", time, _ => new Unannounced(new Dripping(time, 1000)));

        Assert.Null(file);
        Assert.Contains(told, static one => one.Contains("less than 1024 bytes in a second", StringComparison.Ordinal));
        Assert.InRange(time.Elapsed, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(200));
    }

    [Fact]
    public async Task A_web_server_that_stays_silent_is_asked_for_no_more()
    {
        using var folder = new TemporaryFolder();
        var time = new ManualTime();
        string[] keys = [.. Enumerable.Range(0, 9).Select(static i => $"MD5E-s4--098f6bcd4621d373cade4e832627b4f{i}.bin")];
        int asked = 0;

        (KeyFile[] files, string[] told) = await FetchAllAsync(
            folder, keys, time,
            _ => ++asked == 2 ? Answer(new StringContent("test")) : Answer(new Unannounced(new Dripping(time, 0))));

        Assert.Single(files);
        Assert.Equal(5, asked);
        Assert.Contains("silent 3 times in a row", told[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound, "")]
    [InlineData(HttpStatusCode.Gone, "")]
    [InlineData(HttpStatusCode.Forbidden, "is refused: 403 Forbidden")]
    public async Task A_refused_download_is_reported_and_missing_content_is_not(HttpStatusCode status, string words)
    {
        using var folder = new TemporaryFolder();

        (KeyFile[] files, string[] told) = await FetchAllAsync(
            folder, [Key], TimeProvider.System, _ => new HttpResponseMessage(status));

        Assert.Empty(files);
        Assert.Equal(words.Length > 0, told.Length > 0);
        Assert.All(told, one => Assert.Contains(words, one, StringComparison.Ordinal));
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
        var source = new ArchiveKeys(folder["archive.7z"], new Scratch(folder["copies"], () => Scratch.ReserveBytes + 5), told.Add);

        IReadOnlyCollection<string> listed = await source.ListAsync(Ct);
        KeyFile only = await source.ReadAsync(listed.ToHashSet(StringComparer.Ordinal), Ct).SingleAsync(Ct);

        Assert.Equal(2, listed.Count);
        Assert.Equal("test", await File.ReadAllTextAsync(only.Path, Ct));
        Assert.Contains("has no room", Assert.Single(told), StringComparison.Ordinal);
    }

    private static async Task<(KeyFile? File, string[] Told)> FetchAsync(
        TemporaryFolder folder, string key, TimeProvider time, Func<Uri, HttpContent> answer, long room = 1 << 20)
    {
        (KeyFile[] files, string[] told) = await FetchAllAsync(folder, [key], time, address => Answer(answer(address)), room);
        return (files.Length > 0 ? files[0] : null, told);
    }

    private static async Task<(KeyFile[] Files, string[] Told)> FetchAllAsync(
        TemporaryFolder folder, string[] keys, TimeProvider time, Func<Uri, HttpResponseMessage> answer, long room = 1 << 20)
    {
        var told = new List<string>();
        using var web = new HttpClient(new Answering(answer)) { Timeout = Timeout.InfiniteTimeSpan };
        var source = new WebKeys(
            web, new Uri("http://store.example.org/ria"), keys, new Scratch(folder.Path, () => Scratch.ReserveBytes + room), time, told.Add);
        KeyFile[] files = await source.ReadAsync(keys.ToHashSet(StringComparer.Ordinal), Ct).ToArrayAsync(Ct)
            .AsTask().WaitAsync(TimeSpan.FromMinutes(5), Ct);
        return (files, [.. told]);
    }

    private static HttpResponseMessage Answer(HttpContent content) => new(HttpStatusCode.OK) { Content = content };

    private sealed class Answering(Func<Uri, HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(answer(request.RequestUri!));
    }

    /// <summary>A body of which nobody says how long it is.</summary>
    private sealed class Unannounced(Stream body) : HttpContent
    {
        public bool IsRead { get; private set; }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new NotSupportedException();

        protected override Task<Stream> CreateContentReadStreamAsync()
        {
            IsRead = true;
            return Task.FromResult(body);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    /// <summary>Sends so many bytes, each after 59 seconds, and then nothing for longer than anybody waits.</summary>
    private sealed class Dripping(ManualTime time, int bytes) : MemoryStream
    {
        private int _left = bytes;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            time.Advance(TimeSpan.FromSeconds(_left > 0 ? 59 : 61));
            if (_left-- > 0)
            {
                return 1;
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return 0;
        }
    }
}
