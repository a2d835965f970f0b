using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Web;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Model;

namespace Hutch.Mount.Tests.Fakes;

/// <summary>A dataset as a server gives it: its head, pages of its tree, and ranges of its files. It can lie and break off.</summary>
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

    /// <summary>Answers of pages that break off, one after the other, and what happens then.</summary>
    public Queue<Action> PageBreaks { get; } = new();

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
                : target == start + "/tree" ? Page(List(HttpUtility.ParseQueryString(request.RequestUri.Query)))
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

    // Pages of three, so that every test turns some.
    private TreeListing List(System.Collections.Specialized.NameValueCollection query)
    {
        string prefix = query["prefix"] ?? "";
        int limit = Math.Min(3, int.Parse(query["limit"]!, System.Globalization.CultureInfo.InvariantCulture));
        List<(string Key, EntryInfo? Entry)> all = [];
        foreach ((string path, (EntryInfo entry, _)) in _entries.Where(e => e.Key.StartsWith(prefix, StringComparison.Ordinal)))
        {
            int slash = path.IndexOf('/', prefix.Length);
            string key = slash < 0 ? path : path[..(slash + 1)];
            if (all.Count == 0 || all[^1].Key != key)
            {
                all.Add((key, slash < 0 ? entry : null));
            }
        }

        string? after = query["after"];
        (string Key, EntryInfo? Entry)[] rest = [.. all.Where(one => after is null || Utf8Order.Compare(one.Key, after) > 0)];
        (string Key, EntryInfo? Entry)[] page = [.. rest.Take(limit)];
        return new TreeListing
        {
            Items = [.. page.Where(one => one.Entry is not null).Select(one => one.Entry!)],
            Prefixes = [.. page.Where(one => one.Entry is null).Select(one => one.Key)],
            Next = rest.Length > limit ? page[^1].Key : null,
        };
    }

    // Older servers name the next page only in the body.
    private HttpResponseMessage Page(TreeListing page)
    {
        HttpResponseMessage response = Json(page, HutchJson.Default.TreeListing);
        if (PageBreaks.TryDequeue(out Action? then))
        {
            byte[] json = JsonSerializer.SerializeToUtf8Bytes(page, HutchJson.Default.TreeListing);
            response.Content = new StreamContent(new BrokenStream(json, json.Length / 2, then));
        }

        if (page.Next is { } next && page.Items.Count % 2 == 0)
        {
            response.Headers.Add(HutchHeaders.Next, Uri.EscapeDataString(next));
        }

        return response;
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

    private sealed class BrokenStream(byte[] bytes, int length, Action? then = null) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position < length)
            {
                return base.ReadAsync(buffer[..(int)Math.Min(buffer.Length, length - Position)], cancellationToken);
            }

            then?.Invoke();
            throw new HttpIOException(HttpRequestError.ResponseEnded, "the connection broke");
        }
    }
}
