using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;
using Hutch.Model.Tar;
using Hutch.Site.Write.Blobs;

namespace Hutch.Api.Endpoints;

/// <summary>Whole versions as streams: their entries, their differences, their blobs.</summary>
internal sealed class StreamEndpoints : IEndpoints
{
    private const string Tag = "Streams";
    private const int FlushBytes = 256 << 10;

    public void Add(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Streams.ListFiles, "All entries of a version; without one, takes a snapshot first")
            .At().Query("prefix", "Only paths with this prefix")
            .AnsweringLines($"One entry per line; headers `{HutchHeaders.Snapshot}` and `{HutchHeaders.Root}`")
            .Does(FilesAsync);
        table.Add(Tag, RestCalls.Streams.Diff, "The differences between two versions; without `to`, takes a snapshot first")
            .Query("from", "The first version; default with `with`: the head").Query("to", "The second version; default: the head")
            .Query("with", "Id of another dataset, which has the second version")
            .AnsweringLines("One difference a line")
            .Does(DiffAsync);
        table.Add(Tag, RestCalls.Streams.Fetch, "Many files of a version as one tar stream, in the requested order")
            .At()
            .Takes(HutchMediaTypes.Lines, "SHA-256 hashes as JSON strings, one a line, each of a file in the version; "
                + "or objects with `hash` and `path`, found at once in the largest version", HutchJson.Default.BlobHash)
            .Answering(StatusCodes.Status200OK, HutchMediaTypes.Tar,
                "Members `blobs/SHA-256`; `missing/SHA-256`, empty or zeros, in place of one whose stored bytes are damaged or gone: "
                + $"the name of its owner is `{EarlyExpiryMark.MemberOwner}` if they were temporary and made room for newer data")
            .Does(FetchAsync);
    }

    private static async Task FilesAsync(ApiRequest request)
    {
        Result<(FixedTree Tree, string? Prefix)> files = await request.Reader.Entries.FixAsync(
            request.Caller, request.Dataset, request.At, request.Query("prefix") ?? "", request.Aborted);
        if (!files.IsOk)
        {
            await Problems.WriteAsync(request.Http, files.Error, request.Aborted);
            return;
        }

        (FixedTree tree, string? prefix) = files.Value;
        SetVersion(request.Http.Response, tree);
        await LineAnswer.SendAsync(request.Http, async lines =>
        {
            IAsyncEnumerable<PathEntry> entries = prefix is null
                ? AsyncEnumerable.Empty<PathEntry>()
                : request.Reader.Entries.EnumerateAsync(tree, prefix, request.Aborted);
            await foreach (PathEntry entry in entries)
            {
                await lines.WriteAsync(new ListItem(entry.Path.Value, entry.Entry), request.Aborted);
            }

            lines.End();
        });
    }

    private static async Task DiffAsync(ApiRequest request)
    {
        DatasetId? other = request.QueriedDataset("with");
        SnapshotRef? from = ApiRequest.ParseSnapshot(request.Query("from"));
        if (from is null && other is null)
        {
            throw ErrorCode.BadRequest.With("'from' is missing: give a snapshot.").ToException();
        }

        SnapshotRef? to = ApiRequest.ParseSnapshot(request.Query("to"));
        EntryService entries = request.Reader.Entries;

        // The other dataset may be at another site than the first, which is fixed before the request reads from there.
        if (!(await FixAsync(entries, request.Dataset, from)).TryGet(out FixedTree? first, out HutchError? refusal)
            || !(await FindOthersAsync()).TryGet(out EntryService? others, out refusal)
            || !(await FixAsync(others, other ?? request.Dataset, to)).TryGet(out FixedTree? second, out refusal))
        {
            await Problems.WriteAsync(request.Http, refusal, request.Aborted);
            return;
        }

        SetVersion(request.Http.Response, second);
        await LineAnswer.SendAsync(request.Http, async lines =>
        {
            await foreach (TreeDifference difference in entries.DiffAsync(first, others, second, request.Aborted))
            {
                await lines.WriteAsync(ToLine(difference), HutchJson.Default.DiffLine, request.Aborted);
            }

            lines.End();
        });

        Task<Result<FixedTree>> FixAsync(EntryService at, DatasetId id, SnapshotRef? version) =>
            at.FixAsync(request.Caller, id, version, Operation.EntryList, request.Aborted);

        async Task<Result<EntryService>> FindOthersAsync() => other is { } asked
            ? (await request.Api.Router.FindAsync(request.Caller, asked, to, request.Aborted)).Then<EntryService>(
                static route => route.Reader.Entries)
            : entries;
    }

    private static async Task FetchAsync(ApiRequest request)
    {
        DatasetId id = request.Dataset;
        SnapshotRef? at = request.At;
        var wanted = new List<RequestedBlob>();
        await foreach (ReadOnlySequence<byte> line in LineBody.ReadRawAsync(
            request.Body, request.Api.Options.Limits.MaxLineBytes, request.Aborted))
        {
            wanted.Add(ParseRequested(line, wanted.Count + 1));
            if (wanted.Count > FetchService.MaxBlobs)
            {
                throw ErrorCode.TooLarge.With(
                    $"A request can have at most {FetchService.MaxBlobs} files; request the rest separately.")
                    .ToException();
            }
        }

        Result<IReadOnlyList<FoundBlob>> found = await request.Reader.Fetches.FindAsync(
            request.Caller, id, at, wanted, request.Aborted);
        if (!found.IsOk)
        {
            await Problems.WriteAsync(request.Http, found.Error, request.Aborted);
            return;
        }

        HttpResponse response = request.Http.Response;
        response.ContentType = HutchMediaTypes.Tar;
        response.Headers.CacheControl = "no-store";
        response.ContentLength = found.Value.Sum(static blob => UstarHeader.MemberBytes(Size(blob))) + UstarHeader.EndBytes;
        await request.Api.Guard.SendAsync(
            request.Caller, id, response.ContentLength, ct => SendAsync(found.Value, response.BodyWriter, ct), request.Aborted);
    }

    private static RequestedBlob ParseRequested(in ReadOnlySequence<byte> line, int number)
    {
        if (line.FirstSpan is not [(byte)'{', ..])
        {
            return new RequestedBlob(JsonBody.Parse(line, HutchJson.Default.BlobHash, $"Line {number}"), null);
        }

        WantedFile file = JsonBody.Parse(line, HutchJson.Default.WantedFile, $"Line {number}");
        return new RequestedBlob(file.Hash, file.Path);
    }

    private static async Task SendAsync(IReadOnlyList<FoundBlob> blobs, PipeWriter output, CancellationToken ct)
    {
        foreach (FoundBlob blob in blobs)
        {
            long size = Size(blob);
            if (!blob.Content.TryGet(out BlobContent? content, out HutchError? lack))
            {
                WriteMissing(output, blob, lack);
            }
            else if (await TrySendAsync(content, output, ct) is { } late)
            {
                // As long as it was announced to be.
                WriteMissing(output, blob, late);
                await TarWriter.WriteZerosAsync(output, size, ct);
            }

            TarWriter.WritePadding(output, size);
            if (output.UnflushedBytes >= FlushBytes && (await output.FlushAsync(ct)).IsCompleted)
            {
                return;
            }
        }

        TarWriter.WriteEnd(output);
        await output.FlushAsync(ct);
    }

    private static long Size(FoundBlob blob) => blob.Content.IsOk ? blob.Content.Value.Size : 0;

    private static void WriteMissing(PipeWriter output, FoundBlob blob, HutchError reason) => TarWriter.WriteHeader(
        output,
        new TarEntry("missing/" + blob.Hash, Size(blob)) { Owner = EarlyExpiryMark.IsOn(reason) ? EarlyExpiryMark.MemberOwner : null });

    /// <summary>Sends a blob; the reason when it is damaged or gone and nothing of it was sent.</summary>
    private static async Task<HutchError?> TrySendAsync(BlobContent content, PipeWriter output, CancellationToken ct)
    {
        long sent = 0;
        try
        {
            await content.AppendToAsync(
                output, TarWriter.Header(new TarEntry("blobs/" + content.Hash, content.Size)), part => sent += part.Length, ct);
            return null;
        }
        catch (HutchException e) when (sent == 0 && (e.Error.Code == ErrorCode.Quarantined || e.Error.Code == ErrorCode.Gone))
        {
            return e.Error;
        }
    }

    private static DiffLine ToLine(TreeDifference difference) => new()
    {
        Path = difference.Path.Value,
        Change = difference.Before is null ? "added" : difference.After is null ? "removed" : "changed",
        Before = difference.Before is { } before ? EntryDocuments.From(difference.Path.Value, before) : null,
        After = difference.After is { } after ? EntryDocuments.From(difference.Path.Value, after) : null,
    };

    private static void SetVersion(HttpResponse response, FixedTree tree)
    {
        response.Headers[HutchHeaders.Snapshot] = tree.Number.ToString(CultureInfo.InvariantCulture);
        response.Headers[HutchHeaders.Root] = tree.Root.Page.ToString();
    }
}
