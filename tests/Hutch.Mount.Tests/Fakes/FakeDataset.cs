using System.Collections.Specialized;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Web;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Model;

namespace Hutch.Mount.Tests.Fakes;

/// <summary>A dataset as a server gives it: its head, lists of its tree, and ranges of its files. It can lie and break off.</summary>
internal sealed class FakeDataset : HttpMessageHandler
{
    private readonly SortedDictionary<string, (EntryInfo Entry, byte[] Bytes)> _entries = new(Utf8Order.Comparer);
    private readonly Lock _gate = new();
    private int _requests;

    public DatasetId Id { get; } = new(Guid.Parse("11111111-2222-3333-4444-555555555555"));

    /// <summary>Requests for bytes so far.</summary>
    public int Downloads => Volatile.Read(ref _requests);

    public long HeadVersion { get; private set; } = 1;

    /// <summary>Changes the bytes of a range on their way, given its first byte.</summary>
    public Action<long, byte[]>? Damage { get; set; }

    /// <summary>Answers of files that break off after this many bytes, one after the other.</summary>
    public Queue<int> Breaks { get; } = new();

    /// <summary>Lists that break off, one after the other, and what happens then.</summary>
    public Queue<Action> ListBreaks { get; } = new();

    /// <summary>The next requests that get no answer.</summary>
    public int Silent { get; set; }

    public HutchClient NewClient() => new(new Uri("http://127.0.0.1:1"), null, new HutchClientOptions
    {
        Handler = this,
        Retry = new RetryPolicy { MaxAttempts = 1 },
    });

    public BlobHash Add(string path, byte[] bytes, bool isHashed = true)
    {
        BlobHash hash = BlobHash.Compute(bytes);
        Add(new EntryInfo { Path = path, Kind = EntryKinds.File, Hash = isHashed ? hash : null, Size = bytes.Length, Modified = 1 }, bytes);
        return hash;
    }

    public void Add(EntryInfo entry, byte[] bytes)
    {
        lock (_gate)
        {
            _entries[entry.Path] = (entry, bytes);
            HeadVersion++;
        }
    }

    public void Remove(string path)
    {
        lock (_gate)
        {
            _entries.Remove(path);
            HeadVersion++;
        }
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string target = request.RequestUri!.AbsolutePath;
        string start = $"/api/v1/datasets/{Id}";
        lock (_gate)
        {
            if (Silent > 0)
            {
                Silent--;
                throw new HttpRequestException(HttpRequestError.ConnectionError, "connection refused");
            }

            return Task.FromResult(
                target == start ? Json(Describe(), HutchJson.Default.DatasetInfo)
                : target == start + "/tree" ? Page(HttpUtility.ParseQueryString(request.RequestUri.Query))
                : target == start + "/tree/lines" ? Lines([.. Items(HttpUtility.ParseQueryString(request.RequestUri.Query))])
                : Open(request, Uri.UnescapeDataString(target[(start + "/entries/").Length..])));
        }
    }

    private static HttpResponseMessage Json<T>(T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        new(HttpStatusCode.OK) { Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, type)) };

    private DatasetInfo Describe() => new()
    {
        Id = Id,
        Owner = "ada",
        Slug = "data",
        Name = "ada/data",
        Type = "generic",
        State = DatasetStates.Open,
        Visibility = "private",
        Kind = "original",
        Created = DateTimeOffset.UnixEpoch,
        HeadVersion = HeadVersion,
        Snapshots = 0,
        Files = _entries.Count,
        Bytes = 0,
    };

    private HttpResponseMessage Page(NameValueCollection query)
    {
        EntryInfo[] items = [.. Items(query)];
        EntryInfo[] page = [.. items.Take(int.Parse(query["limit"]!, System.Globalization.CultureInfo.InvariantCulture))];
        return Json(
            new TreeListing
            {
                Items = [.. page.Where(static item => item.Kind != EntryKinds.Prefix)],
                Prefixes = [.. page.Where(static item => item.Kind == EntryKinds.Prefix).Select(static item => item.Path)],
                Next = items.Length > page.Length ? page[^1].Path : null,
            },
            HutchJson.Default.TreeListing);
    }

    private IEnumerable<EntryInfo> Items(NameValueCollection query)
    {
        string prefix = query["prefix"] ?? "", after = query["after"] ?? "";
        return _entries
            .Where(one => one.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(one => one.Key.IndexOf('/', prefix.Length) is > 0 and int slash
                ? new EntryInfo { Path = one.Key[..(slash + 1)], Kind = EntryKinds.Prefix }
                : one.Value.Entry)
            .DistinctBy(static item => item.Path)
            .Where(item => Utf8Order.Compare(item.Path, after) > 0);
    }

    private HttpResponseMessage Lines(EntryInfo[] items)
    {
        byte[] lines = [.. items.SelectMany(static item => (byte[])[.. JsonSerializer.SerializeToUtf8Bytes(item, HutchJson.Default.EntryInfo), .. "\n"u8])];
        byte[] all = [.. lines, .. Encoding.UTF8.GetBytes($$"""{"end":true,"count":{{items.Length}}}{{'\n'}}""")];
        Stream body = ListBreaks.TryDequeue(out Action? then) ? new BrokenStream(all, lines.Length / 2, then) : new BrokenStream(all);
        return new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new StreamContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(HutchMediaTypes.Lines) } },
        };
    }

    private HttpResponseMessage Open(HttpRequestMessage request, string path)
    {
        Interlocked.Increment(ref _requests);
        if (!_entries.TryGetValue(path, out (EntryInfo Entry, byte[] Bytes) found))
        {
            return new HttpResponseMessage(HttpStatusCode.NotFound);
        }

        string? wanted = request.Headers.IfMatch.FirstOrDefault()?.Tag.Trim('"');
        if (wanted is not null && wanted != found.Entry.Hash.ToString())
        {
            return new HttpResponseMessage(HttpStatusCode.PreconditionFailed);
        }

        RangeItemHeaderValue range = request.Headers.Range!.Ranges.Single();
        byte[] bytes = found.Bytes[(int)range.From!.Value..((int)range.To!.Value + 1)];
        Damage?.Invoke(range.From.Value, bytes);
        Stream body = Breaks.TryDequeue(out int length) ? new BrokenStream(bytes, length) : new MemoryStream(bytes);
        var response = new HttpResponseMessage(HttpStatusCode.PartialContent) { Content = new StreamContent(body) };
        response.Content.Headers.ContentRange = new ContentRangeHeaderValue(range.From.Value, range.To.Value, found.Bytes.Length);
        return response;
    }

    // Few bytes at a time, so that lines are cut anywhere. Without a length, it does not break.
    private sealed class BrokenStream(byte[] bytes, int length = int.MaxValue, Action? then = null) : MemoryStream(bytes)
    {
        private const int MostBytes = 100;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position < length)
            {
                return base.ReadAsync(buffer[..(int)Math.Min(Math.Min(buffer.Length, MostBytes), length - Position)], cancellationToken);
            }

            then?.Invoke();
            throw new HttpIOException(HttpRequestError.ResponseEnded, "the connection broke");
        }
    }
}
