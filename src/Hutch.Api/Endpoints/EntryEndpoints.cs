using System.Collections.Immutable;
using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;
using Hutch.Datasets;
using Microsoft.AspNetCore.Http.Features;

namespace Hutch.Api.Endpoints;

/// <summary>Single entries: put, read by range, remove; one page of a listing.</summary>
internal sealed class EntryEndpoints(EntryChangeService changes) : IEndpoints
{
    private const string Tag = "Entries";
    private const string Marker = "/entries/";

    /// <summary>Items of a stream of lines that are listed at once: few enough to die in the youngest generation.</summary>
    private const int LineBatch = 2000;

    public void Add(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Entries.Put, "Store a file; durable and visible once answered")
            .Header(HutchHeaders.ReprDigest, "`sha-256=:BASE64:`; checked before anything becomes visible")
            .Header(HutchHeaders.Modified, "Modification time, nanoseconds since 1970 (default: now)")
            .Header(HutchHeaders.Executable, "`true` for an executable file")
            .Header(HutchHeaders.MetadataPrefix + "NAME", "User metadata")
            .Header(HutchHeaders.Work, "`capture`: measured now, goes before other large transfers")
            .Header("If-Match", "Only if the ETag is one of these; `*`: only if the file exists")
            .Header("If-None-Match", "`*`: only if the file does not exist")
            .Takes("application/octet-stream",
                $"The bytes. With Content-Type `{HutchMediaTypes.Link}` the body is the target of a symbolic link, "
                + $"with `{HutchMediaTypes.Directory}` it is empty and creates an empty directory")
            .Answering(StatusCodes.Status201Created, "Created")
            .Answering(StatusCodes.Status204NoContent, null, "Replaced")
            .Does(PutAsync);
        table.Add(Tag, RestCalls.Entries.Read, "Read a file, or a range of it")
            .At().Query("view", "`sandbox`: as a document for a frame, without origin, scripts and network; default: as an attachment")
            .Query(
                "bin",
                "Of a frame, a picture in which each pixel is the largest valid one of a square with this side, 2 to 64, and the "
                + "largest number of its type where none is valid: packed as `bslz4`, with its rows and columns in "
                + "`" + HutchHeaders.FrameShape + "`",
                "integer")
            .Header("Range", "One range of bytes").Header("If-Range", "Return the range only if the ETag is still this one")
            .Header("If-None-Match", "Only if the ETag is none of these")
            .Answering(StatusCodes.Status200OK, "application/octet-stream", "The bytes")
            .Answering(StatusCodes.Status206PartialContent, "application/octet-stream", "The range")
            .Answering(StatusCodes.Status304NotModified, null, "Not modified")
            .Does(GetAsync);
        table.Add(Tag, RestCalls.Entries.ReadHeaders, "The headers of a file, without its bytes")
            .At().Answering(StatusCodes.Status200OK, null, "The headers").Does(GetAsync);
        table.Add(Tag, RestCalls.Entries.Remove, "Remove an entry")
            .Header("If-Match", "Only if the ETag is one of these")
            .GivesNothing(request => changes.RemoveAsync(
                request.Caller, request.Dataset, Path(request), EntityTags.Condition(request), request.Aborted));
        DescribeListing(table.Add(Tag, RestCalls.Entries.List, "List one page of entries, in byte order of the paths"))
            .Query("after", "The `next` of the previous page").Query("limit", "Maximum number of items, 1 to 10000", "integer")
            .Query(
                "contains",
                "Only items with this text in the last part of their path, ignoring case; a page looks at 50000 names at most, so that "
                + "one with `next` can have few items, or none")
            .Gives(ListAsync);
        DescribeListing(table.Add(
            Tag, RestCalls.Entries.ListLines, "List all entries of the head or a version, in byte order of the paths"))
            .Query("after", "Only paths after this one: the last line, to continue a stream that was cut")
            .AnsweringLines("One entry per line; a group of paths has the kind `prefix`")
            .Does(ListLinesAsync);
    }

    private static TEndpoint DescribeListing<TEndpoint>(TEndpoint endpoint)
        where TEndpoint : EndpointDescription =>
        endpoint.At().Query("prefix", "Only paths with this prefix")
            .Query("delimiter", "`/` groups paths by their part up to the next slash");

    /// <summary>The path of the entry as it was sent: the server's own decoding would let bytes that are no UTF-8 pass.</summary>
    private static DatasetPath Path(ApiRequest request)
    {
        string raw = request.Http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        int end = raw.IndexOf('?', StringComparison.Ordinal);
        int start = raw.IndexOf(Marker, StringComparison.Ordinal) + Marker.Length;
        return DatasetPath.ParseUtf8(PercentText.Decode(raw.AsSpan(start, (end < 0 ? raw.Length : end) - start))).Value;
    }

    private async Task PutAsync(ApiRequest request)
    {
        DatasetPath path = Path(request);
        Result<StoredEntry> put = request.Http.Request.ContentType switch
        {
            HutchMediaTypes.Link => await PutSpecialAsync(
                request, path, Entry.Link(await ReadTargetAsync(request)) with { ModifiedNanoseconds = Modified(request) }),
            HutchMediaTypes.Directory => await PutSpecialAsync(request, path, Entry.Directory(Modified(request))),
            _ => await PutFileAsync(request, path),
        };
        if (!put.TryGet(out StoredEntry? stored, out HutchError? refusal))
        {
            await Problems.WriteAsync(request.Http, refusal, request.Aborted);
            return;
        }

        if (stored.Entry.Kind == EntryKind.File)
        {
            request.Http.Response.Headers.ETag = EntityTags.For(stored.Entry.Hash);
        }

        if (stored.IsNew)
        {
            await JsonAnswer.SendAsync<EntryInfo>(
                request, EntryDocuments.From(path.Value, stored.Entry), HutchJson.Default.EntryInfo, StatusCodes.Status201Created);
        }
        else
        {
            request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    private Task<Result<StoredEntry>> PutFileAsync(ApiRequest request, DatasetPath path) =>
        changes.PutFileAsync(
        request.Caller,
        request.Dataset,
        new PutFile
        {
            Path = path,
            Body = request.Body,
            Length = request.Http.Request.ContentLength,
            Digest = Digests.Read(HutchHeaders.ReprDigest, request.Header(HutchHeaders.ReprDigest)),
            Attributes = new Entry
            {
                Kind = EntryKind.File,
                ModifiedNanoseconds = Modified(request),
                Executable = string.Equals(request.Header(HutchHeaders.Executable), "true", StringComparison.OrdinalIgnoreCase),
                ContentType = request.Header("Content-Type"),
                UserMetadata = Metadata(request),
            },
            Condition = EntityTags.Condition(request),
        },
        request.Aborted);

    private Task<Result<StoredEntry>> PutSpecialAsync(ApiRequest request, DatasetPath path, Entry entry) =>
        changes.PutAsync(request.Caller, request.Dataset, path, entry, EntityTags.Condition(request), request.Aborted);

    private static async Task<string> ReadTargetAsync(ApiRequest request) =>
        await request.TryReadAllAsync(EntryRules.MaxTargetBytes, request.Aborted) is { } target
            ? Encoding.UTF8.GetString(target)
            : throw ErrorCode.InvalidBody.With($"The target of the link is longer than {EntryRules.MaxTargetBytes} bytes.").ToException();

    private static long Modified(ApiRequest request)
    {
        if (request.Header(HutchHeaders.Modified) is not { } text)
        {
            return 0;
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long nanoseconds)
            ? EntryTime.Known(nanoseconds)
            : throw ErrorCode.BadRequest.With(
                $"The header {HutchHeaders.Modified} is {Display.Quote(text)}; it must be nanoseconds since 1970.").ToException();
    }

    private static ImmutableSortedDictionary<string, string>? Metadata(ApiRequest request)
    {
        ImmutableSortedDictionary<string, string>.Builder? found = null;
        foreach ((string name, var value) in request.Http.Request.Headers)
        {
            if (name.StartsWith(HutchHeaders.MetadataPrefix, StringComparison.OrdinalIgnoreCase))
            {
                found ??= ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
                found[name[HutchHeaders.MetadataPrefix.Length..].ToLowerInvariant()] = value.ToString();
            }
        }

        return found?.ToImmutable();
    }

    private static async Task GetAsync(ApiRequest request)
    {
        if (request.Query("bin") is not null)
        {
            // A frame of a file can be in other files that the file names, wherever they are.
            if (request.Caller.Scope.Folder is { } folder)
            {
                await Problems.WriteAsync(
                    request.Http,
                    ErrorCode.NarrowedKey.With($"A picture of a frame needs a key for more than the folder {Display.Quote(folder.Value)}."),
                    request.Aborted);
                return;
            }

            await PictureAnswer.SendAsync(request, Path(request));
            return;
        }

        Result<OpenedEntry> opened = await request.Reader.Entries.OpenAsync(
            request.Caller, request.Dataset, Path(request), request.At, request.Aborted);
        if (opened.IsOk)
        {
            await EntryAnswer.SendAsync(request, opened.Value);
        }
        else
        {
            await Problems.WriteAsync(request.Http, opened.Error, request.Aborted);
        }
    }

    private static async Task<Result<TreeListing>> ListAsync(ApiRequest request)
    {
        int limit = (int)Math.Min(request.Number("limit", 1000, 1), ListQuery.MaxLimit);
        if (!ReadQuery(request, limit).TryGet(out ListQuery? query, out HutchError? refusal))
        {
            return refusal;
        }

        Result<Batch<ListItem>> page = request.Query("contains") is { Length: > 0 } text
            ? await request.Reader.Entries.FindAsync(
                request.Caller, request.Dataset, request.At, query, new NamePart(text), request.Aborted)
            : (await ListAsync(request, query)).Then<Batch<ListItem>>(
                static listing => new Batch<ListItem>(listing.Items, listing.Next));
        return page.Then<TreeListing>(static batch => new TreeListing
        {
            Items = new EntryInfos(batch.Items),
            Prefixes = [.. batch.Items.Where(static item => item.IsCommonPrefix).Select(static item => item.Path)],
            Next = batch.Next,
        });
    }

    private static async Task ListLinesAsync(ApiRequest request)
    {
        Result<ListQuery> query = ReadQuery(request, LineBatch);
        Result<Listing> first = query.IsOk ? await ListAsync(request, query.Value) : query.Error;
        if (!first.IsOk)
        {
            await Problems.WriteAsync(request.Http, first.Error, request.Aborted);
            return;
        }

        // Each batch checks the rights, so that a caller without them gets no more lines.
        await LineAnswer.SendAsync(request.Http, async lines =>
        {
            for (Listing? batch = first.Value; batch is not null;)
            {
                foreach (ListItem item in batch.Items)
                {
                    await lines.WriteAsync(item, request.Aborted);
                }

                batch = batch.Next is { } next ? (await ListAsync(request, query.Value with { After = next })).Value : null;
            }

            lines.End();
        });
    }

    private static Task<Result<Listing>> ListAsync(ApiRequest request, ListQuery query) =>
        request.Reader.Entries.ListAsync(request.Caller, request.Dataset, request.At, query, request.Aborted);

    private static Result<ListQuery> ReadQuery(ApiRequest request, int limit)
    {
        string? delimiter = request.Query("delimiter");
        if (delimiter is not (null or "/"))
        {
            return ErrorCode.BadRequest.With($"'delimiter' is {Display.Quote(delimiter)}; it must be '/'.");
        }

        return new ListQuery
        {
            Prefix = request.Query("prefix") ?? "",
            Delimited = delimiter is not null,
            After = request.Query("after"),
            Limit = limit,
        };
    }
}
