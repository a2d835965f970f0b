using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Hutch.Contracts;
using Hutch.Model;
using Hutch.Objects.Http;
using Hutch.Testing.Clocks;

namespace Hutch.Client.Tests.Fakes;

/// <summary>
/// A server of one dataset in memory that speaks the interface as far as working directories use it. Its tar streams are written and read
/// by
/// the platform's own tar, so that ours is checked against another. It can be told to misbehave.
/// </summary>
internal sealed partial class FakeServer : HttpMessageHandler
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, FakeSession> _sessions = [];
    private readonly List<SortedDictionary<string, EntryInfo>> _snapshots = [];
    private int _sessionNumber;

    internal DatasetId Dataset { get; } = new(Guid.Parse("11111111-2222-3333-4444-555555555555"));

    internal Dictionary<BlobHash, byte[]> Blobs { get; } = [];

    /// <summary>Blobs that it cannot serve.</summary>
    internal HashSet<BlobHash> Damaged { get; } = [];

    /// <summary>Blobs that were temporary and made room for newer data.</summary>
    internal HashSet<BlobHash> MadeRoom { get; } = [];

    /// <summary>All requests, as <c>METHOD path</c>.</summary>
    internal List<string> Requests { get; } = [];

    /// <summary>Answers instead of the server, when it gives an answer; or throws.</summary>
    internal Func<HttpRequestMessage, HttpResponseMessage?>? Intercept { get; set; }

    /// <summary>Changes the bytes of an answer's body; a shorter one is a cut connection.</summary>
    internal Func<HttpRequestMessage, byte[], byte[]>? Tamper { get; set; }

    internal string State { get; set; } = DatasetStates.Open;

    internal string? Title { get; set; }

    internal string Message { get; set; } = "";

    internal IReadOnlyList<ParentInfo> Parents { get; set; } = [];

    internal long SnapshotCount => _snapshots.Count;

    internal SortedDictionary<string, EntryInfo> Head => _snapshots.Count == 0 ? new(Utf8Order.Comparer) : _snapshots[^1];

    internal HutchClient Connect(HutchClientOptions? options = null) => new(
        new Uri("http://127.0.0.1:1"),
        "hutch_test_token",
        new HutchClientOptions { Handler = Unowned(), Retry = options?.Retry ?? HttpRetry.Default with { Time = new InstantTime() } });

    /// <summary>The server as a handler that a client may dispose of.</summary>
    internal HttpMessageHandler Unowned() => new UnownedHandler(this);

    /// <summary>Does what another client would: changes entries and makes a snapshot. Null removes.</summary>
    internal void Change(params (string Path, string? Content)[] changes)
    {
        lock (_gate)
        {
            var tree = new SortedDictionary<string, EntryInfo>(Head, Utf8Order.Comparer);
            foreach ((string path, string? content) in changes)
            {
                if (content is null)
                {
                    tree.Remove(path);
                }
                else
                {
                    tree[path] = Store(path, Encoding.UTF8.GetBytes(content));
                }
            }

            _snapshots.Add(tree);
        }
    }

    /// <summary>Makes a snapshot with exactly these entries, however wrong they are.</summary>
    internal void SetHead(params EntryInfo[] entries)
    {
        var tree = new SortedDictionary<string, EntryInfo>(Utf8Order.Comparer);
        foreach (EntryInfo entry in entries)
        {
            tree[entry.Path] = entry;
        }

        _snapshots.Add(tree);
    }

    internal EntryInfo Store(string path, byte[] bytes)
    {
        BlobHash hash = BlobHash.Compute(bytes);
        Blobs[hash] = bytes;
        return new EntryInfo { Path = path, Kind = EntryKinds.File, Hash = hash, Size = bytes.Length, Modified = 1_700_000_000_123_456_789 };
    }

    internal string Text(string path) => Encoding.UTF8.GetString(Blobs[Head[path].Hash!.Value]);

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        SendAsync(request, cancellationToken).GetAwaiter().GetResult();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string path = request.RequestUri!.AbsolutePath["/api/v1/".Length..];
        lock (_gate)
        {
            Requests.Add($"{request.Method} {path}");
        }

        if (Intercept?.Invoke(request) is { } answer)
        {
            answer.RequestMessage = request;
            return answer;
        }

        byte[] body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        lock (_gate)
        {
            HttpResponseMessage response = Answer(request, path.Split('/'), body);
            response.RequestMessage = request;
            return response;
        }
    }

    private HttpResponseMessage Answer(HttpRequestMessage request, string[] path, byte[] body) => (request.Method.Method, path) switch
    {
        ("GET", ["datasets", "resolve"]) or ("GET", ["datasets", _]) => Json(Info(), HutchJson.Default.DatasetInfo),
        ("GET", ["datasets", _, "files"]) => Files(request),
        ("GET", ["datasets", _, "diff"]) => Diff(request),
        ("GET", ["datasets"]) => Json(new Page<DatasetInfo> { Items = [Info()] }, HutchJson.Default.PageDatasetInfo),
        ("GET", ["datasets", _, "tree"]) => Json(new TreeListing { Items = [.. Head.Values], Prefixes = [] }, HutchJson.Default.TreeListing),
        ("GET", ["datasets", _, "snapshots"]) => Json(
            new Page<SnapshotInfo> { Items = [.. Enumerable.Range(1, _snapshots.Count).Reverse().Select(n => Snapshot(n))] }, HutchJson.Default.PageSnapshotInfo),
        ("GET", ["datasets", _, "snapshots", var number]) => Json(Snapshot(Number(number)), HutchJson.Default.SnapshotInfo),
        ("POST", ["datasets", _, "fetch"]) => Fetch(request, body),
        ("GET" or "HEAD", ["datasets", _, "entries", ..]) => Entry(request, string.Join('/', path[3..].Select(Uri.UnescapeDataString))),
        ("POST", ["datasets", _, "receipts"]) => Receipts(request, body),
        ("POST", ["datasets", _, "sessions"]) => StartSession(),
        ("GET", ["sessions", var id]) => _sessions.ContainsKey(id) ? Json(Session(id), HutchJson.Default.PushSession) : Reject(ErrorCode.NotFound),
        ("POST", ["sessions", var id, "negotiate"]) => Negotiate(_sessions[id], body),
        ("POST", ["sessions", var id, "blobs"]) => Upload(_sessions[id], body),
        ("PATCH" or "HEAD", ["sessions", var id, "blobs", var key]) => Append(request, _sessions[id], key, body),
        ("POST", ["sessions", var id, "commit"]) => Commit(id, body),
        _ => Reject(ErrorCode.NotFound),
    };

    internal HttpResponseMessage Reject(ErrorCode code, string? detail = null, params (string Key, string Value)[] details)
    {
        var problem = new Problem
        {
            Type = code.Type,
            Title = code.Title,
            Status = code.Status,
            Detail = detail ?? code.Title,
            Code = code.Name,
            Advice = code.Advice,
            Details = details.ToDictionary(d => d.Key, d => JsonDocument.Parse($"\"{d.Value}\"").RootElement),
        };
        HttpResponseMessage response = Json(problem, HutchJson.Default.Problem);
        response.StatusCode = (HttpStatusCode)code.Status;
        response.Content.Headers.ContentType = new("application/problem+json");
        return response;
    }

    private DatasetInfo Info() => new()
    {
        Id = Dataset,
        Owner = "alice",
        Slug = "lysozyme",
        Title = Title,
        Name = "alice/lysozyme",
        Type = "generic",
        State = State,
        Visibility = "private",
        Kind = "original",
        Created = DateTimeOffset.UnixEpoch,
        HeadVersion = _snapshots.Count,
        Snapshots = _snapshots.Count,
        Files = Head.Count,
        Bytes = Head.Values.Sum(e => e.Size ?? 0),
        Parents = Parents,
    };

    private SnapshotInfo Snapshot(long number) => new()
    {
        Number = number,
        Root = BlobHash.Compute(BitConverter.GetBytes(number)),
        ContentId = BlobHash.Compute(BitConverter.GetBytes(number)),
        Time = DateTimeOffset.UnixEpoch,
        Author = "alice",
        Message = Message,
        Kind = "push",
        Files = _snapshots[(int)number - 1].Count,
        Bytes = 0,
    };

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private SortedDictionary<string, EntryInfo> Tree(HttpRequestMessage request, string name, out long number)
    {
        string? at = System.Web.HttpUtility.ParseQueryString(request.RequestUri!.Query)[name];
        number = at is null ? _snapshots.Count : Number(at);
        return number == 0 ? new(Utf8Order.Comparer) : _snapshots[(int)number - 1];
    }

    private HttpResponseMessage Body(HttpRequestMessage request, byte[] bytes, HttpStatusCode status = HttpStatusCode.OK)
    {
        byte[] sent = Tamper?.Invoke(request, bytes) ?? bytes;
        HttpContent content = sent.Length < bytes.Length ? new StreamContent(new CutStream(sent)) : new ByteArrayContent(sent);
        return new HttpResponseMessage(status) { Content = content };
    }

    private static HttpResponseMessage Json<T>(T value, JsonTypeInfo<T> type) => new(HttpStatusCode.OK)
    {
        Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, type)) { Headers = { ContentType = new("application/json") } },
    };

    private HttpResponseMessage Lines<T>(HttpRequestMessage request, IEnumerable<T> items, JsonTypeInfo<T> type, long? snapshot = null)
    {
        var text = new StringBuilder();
        int count = 0;
        foreach (T item in items)
        {
            text.Append(JsonSerializer.Serialize(item, type)).Append('\n');
            count++;
        }

        text.Append(CultureInfo.InvariantCulture, $"{{\"end\":true,\"count\":{count}}}\n");
        HttpResponseMessage response = Body(request, Encoding.UTF8.GetBytes(text.ToString()));
        if (snapshot is > 0)
        {
            response.Headers.Add(HutchHeaders.Snapshot, snapshot.Value.ToString(CultureInfo.InvariantCulture));
        }

        return response;
    }

    /// <summary>Lets a client dispose of its handler without ending the server.</summary>
    private sealed class UnownedHandler(FakeServer server) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            server.SendAsync(request, cancellationToken);
    }

    /// <summary>Bytes and then a broken connection.</summary>
    private sealed class CutStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer) is > 0 and int read ? read : throw new HttpIOException(HttpRequestError.ResponseEnded, "cut");

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));
    }
}
