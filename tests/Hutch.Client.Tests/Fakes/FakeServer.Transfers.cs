using System.Formats.Tar;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Hutch.Contracts;
using Hutch.Model;

namespace Hutch.Client.Tests.Fakes;

/// <content>Listings, downloads and push sessions.</content>
internal sealed partial class FakeServer
{
    private HttpResponseMessage Files(HttpRequestMessage request) =>
        Lines(request, Tree(request, "at", out long number).Values, HutchJson.Default.EntryInfo, number);

    private HttpResponseMessage Diff(HttpRequestMessage request)
    {
        SortedDictionary<string, EntryInfo> from = Tree(request, "from", out _);
        SortedDictionary<string, EntryInfo> to = Tree(request, "to", out long number);
        IEnumerable<DiffLine> lines = from.Keys.Union(to.Keys).Order(Utf8Order.Comparer)
            .Select(p => (Path: p, Before: from.GetValueOrDefault(p), After: to.GetValueOrDefault(p)))
            .Where(c => c.Before != c.After)
            .Select(c => new DiffLine
            {
                Path = c.Path,
                Change = c.Before is null ? "added" : c.After is null ? "removed" : "changed",
                Before = c.Before,
                After = c.After,
            });
        return Lines(request, lines, HutchJson.Default.DiffLine, number);
    }

    private HttpResponseMessage Fetch(HttpRequestMessage request, byte[] body)
    {
        var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (BlobHash hash in Read(body, HutchJson.Default.WantedFile).Select(file => file.Hash))
            {
                (string folder, byte[] content) = Damaged.Contains(hash) ? ("missing/", new byte[Blobs[hash].Length])
                    : MadeRoom.Contains(hash) ? ("missing/", []) : ("blobs/", Blobs[hash]);
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, folder + hash)
                {
                    UserName = MadeRoom.Contains(hash) ? "made-room" : "",
                    DataStream = new MemoryStream(content),
                });
            }
        }

        return Body(request, stream.ToArray());
    }

    private HttpResponseMessage Entry(HttpRequestMessage request, string path)
    {
        if (!Tree(request, "at", out _).TryGetValue(path, out EntryInfo? entry))
        {
            return Reject(ErrorCode.NotFound);
        }

        if (Damaged.Contains(entry.Hash!.Value))
        {
            return Reject(ErrorCode.Quarantined);
        }

        if (MadeRoom.Contains(entry.Hash!.Value))
        {
            return Reject(ErrorCode.Gone, "It made room.", ("madeRoom", "true"));
        }

        byte[] bytes = Blobs[entry.Hash!.Value];
        long from = request.Headers.Range?.Ranges.Single().From ?? 0;
        HttpResponseMessage response = Body(
            request, request.Method == HttpMethod.Head ? [] : bytes[(int)from..], from > 0 ? HttpStatusCode.PartialContent : HttpStatusCode.OK);
        response.Headers.ETag = new($"\"{entry.Hash}\"");
        if (from > 0)
        {
            response.Content.Headers.ContentRange = new(from, bytes.Length - 1, bytes.Length);
        }

        return response;
    }

    private HttpResponseMessage StartSession()
    {
        string id = "session-" + ++_sessionNumber;
        _sessions[id] = new FakeSession();
        return Json(Session(id), HutchJson.Default.PushSession);
    }

    private PushSession Session(string id) => new()
    {
        Id = id,
        Dataset = Dataset,
        Base = _snapshots.Count == 0 ? null : _snapshots.Count,
        HeadVersion = _snapshots.Count,
        Expires = DateTimeOffset.UnixEpoch.AddYears(100),
    };

    private HttpResponseMessage Negotiate(FakeSession session, byte[] body)
    {
        HashSet<BlobHash> nameable = [.. _snapshots.SelectMany(s => s.Values).Where(e => e.Hash is not null).Select(e => e.Hash!.Value), .. session.Blobs];
        nameable.ExceptWith(Damaged);
        return Lines(
            new HttpRequestMessage(), Read(body, HutchJson.Default.OfferedBlob).Select(o => o.Hash).Where(h => !nameable.Contains(h)), HutchJson.Default.BlobHash);
    }

    private HttpResponseMessage Upload(FakeSession session, byte[] body)
    {
        using var tar = new TarReader(new MemoryStream(body));
        long files = 0;
        long bytes = 0;
        while (tar.GetNextEntry() is { } entry)
        {
            var content = new MemoryStream();
            entry.DataStream?.CopyTo(content);
            BlobHash hash = BlobHash.Compute(content.ToArray());
            if (entry.Name != "blobs/" + hash)
            {
                return Reject(ErrorCode.DigestMismatch);
            }

            Blobs[hash] = content.ToArray();
            session.Blobs.Add(hash);
            Damaged.Remove(hash);
            files++;
            bytes += content.Length;
        }

        return Json(new UploadReceipt { Received = files, Bytes = bytes }, HutchJson.Default.UploadReceipt);
    }

    private HttpResponseMessage Append(HttpRequestMessage request, FakeSession session, string key, byte[] body)
    {
        MemoryStream upload = session.Upload(key);
        BlobHash? finished = session.Finished.TryGetValue(key, out BlobHash known) ? known : null;
        if (request.Method == HttpMethod.Patch)
        {
            long offset = Number(request.Headers.GetValues(HutchHeaders.UploadOffset).Single());
            long total = Number(System.Web.HttpUtility.ParseQueryString(request.RequestUri!.Query)["size"]!);
            if (offset != upload.Length)
            {
                return Reject(ErrorCode.Conflict, "wrong offset", ("offset", upload.Length.ToString(CultureInfo.InvariantCulture)));
            }

            upload.Write(body);
            if (upload.Length == total)
            {
                finished = BlobHash.Compute(upload.ToArray());
                if (key.Length == BlobHash.TextLength && key != finished.ToString())
                {
                    session.Uploads.Remove(key);
                    return Reject(ErrorCode.DigestMismatch);
                }

                Blobs[finished.Value] = upload.ToArray();
                session.Blobs.Add(finished.Value);
                Damaged.Remove(finished.Value);
                session.Finished[key] = finished.Value;
            }
        }

        var response = new HttpResponseMessage(HttpStatusCode.NoContent);
        response.Headers.Add(HutchHeaders.UploadOffset, upload.Length.ToString(CultureInfo.InvariantCulture));
        if (finished is { } hash)
        {
            response.Headers.TryAddWithoutValidation(HutchHeaders.ReprDigest, $"sha-256=:{Convert.ToBase64String(hash.ToBytes())}:");
        }

        return response;
    }

    private HttpResponseMessage Commit(string session, byte[] body)
    {
        byte[][] lines = [.. Split(body)];
        CommitHeader header = JsonSerializer.Deserialize(lines[0], HutchJson.Default.CommitHeader)!;
        if ((header.Base ?? 0) != _snapshots.Count)
        {
            return Reject(ErrorCode.Conflict, "The head moved.");
        }

        CommitChange[] changes = [.. lines[1..].Select(l => JsonSerializer.Deserialize(l, HutchJson.Default.CommitChange)!)];
        Assert.Equal(header.Changes, changes.Length);
        var tree = new SortedDictionary<string, EntryInfo>(Head, Utf8Order.Comparer);
        foreach (CommitChange change in changes)
        {
            if (change.Op == ChangeOperations.Delete)
            {
                tree.Remove(change.Path);
                continue;
            }

            if (change.Hash is { } hash && !_sessions[session].Blobs.Contains(hash) && (Damaged.Contains(hash) || !Head.Values.Any(e => e.Hash == hash)))
            {
                return Reject(ErrorCode.BlobNotNameable);
            }

            tree[change.Path] = new EntryInfo
            {
                Path = change.Path,
                Kind = change.Kind!,
                Hash = change.Hash,
                Size = change.Size,
                Target = change.Target,
                Modified = change.Modified,
                Executable = change.Executable,
                ContentType = change.ContentType,
                Metadata = change.Metadata,
            };
        }

        _snapshots.Add(tree);
        _sessions.Remove(session);
        Committed();
        return Json(Snapshot(_snapshots.Count), HutchJson.Default.SnapshotInfo);
    }

    /// <summary>Forgets all sessions, as a server does when they expire.</summary>
    internal void ExpireSessions() => _sessions.Clear();

    private static IEnumerable<T> Read<T>(byte[] body, JsonTypeInfo<T> type) => Split(body).Select(l => JsonSerializer.Deserialize(l, type)!);

    private static IEnumerable<byte[]> Split(byte[] body) =>
        Encoding.UTF8.GetString(body).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Encoding.UTF8.GetBytes);

    private sealed class FakeSession
    {
        internal HashSet<BlobHash> Blobs { get; } = [];

        internal Dictionary<string, MemoryStream> Uploads { get; } = [];

        internal Dictionary<string, BlobHash> Finished { get; } = [];

        internal MemoryStream Upload(string key) => Uploads.TryGetValue(key, out MemoryStream? upload) ? upload : Uploads[key] = new MemoryStream();
    }
}
