using System.Collections.Immutable;
using Hutch.Site.Write.Blobs;
using Microsoft.Net.Http.Headers;

namespace Hutch.Doors.Requests;

/// <summary>Answers with an entry: conditions, range, headers, bytes (RFC 9110 sections 13 and 14).</summary>
public static class EntryAnswer
{

    public static async Task SendAsync(DoorRequest request, OpenedEntry opened)
    {
        SetHeaders(request.Http.Response, opened);
        if (request.Query("view") == SandboxedView.Name && opened.Entry.Kind == EntryKind.File)
        {
            SandboxedView.SetHeaders(request.Http.Response, opened);
        }
        else if (request.Caller.Token is null && opened.Entry.Kind == EntryKind.File)
        {
            // Without a token it may be a browser. A caller with a token is a program, and gets the type as it was stored.
            request.Http.Response.ContentType = FileTypes.For(opened.Path.Value, opened.Entry);
        }

        if (opened.Content is not { } content)
        {
            await SendSpecialAsync(request, opened.Entry);
            return;
        }

        if (EntityTags.ReadCondition(request).Check(opened.Path, opened.Entry) is { } refusal)
        {
            await Problems.WriteAsync(request.Http, refusal, request.Aborted);
            return;
        }

        if (EntityTags.Match(request.Header("If-None-Match"), opened.Entry.Hash))
        {
            request.Http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        await SendBytesAsync(request, content, opened.Entry.Hash);
    }

    private static async Task SendBytesAsync(DoorRequest request, IEntryContent content, BlobHash version)
    {
        HttpResponse response = request.Http.Response;
        bool mayRange = request.Header("If-Range") is not { } ifRange || EntityTags.Parse(ifRange)!.Contains(version);
        (RangeKind kind, long offset, long length) = RangeHeader.Parse(mayRange ? request.Header("Range") : null, content.Size);
        if (kind == RangeKind.Unsatisfiable)
        {
            response.Headers.ContentRange = $"bytes */{Text(content.Size)}";
            await Problems.WriteAsync(
                request.Http, ErrorCode.RangeNotSatisfiable.With(
                    $"The range {Display.Quote(request.Header("Range"))} is outside the file, which has {content.Size} bytes."),
                request.Aborted);
            return;
        }

        if (kind == RangeKind.Range)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {Text(offset)}-{Text(offset + length - 1)}/{Text(content.Size)}";
        }

        response.ContentLength = length;
        if (!HttpMethods.IsHead(request.Http.Request.Method))
        {
            ReadGuard reading = request.Door.Guard;
            Func<CancellationToken, Task> send = ct => content.CopyToAsync(response.BodyWriter, offset, length, ct);
            await (IsShown(request)
                ? reading.ShowAsync(request.Caller, request.Dataset, length, send, request.Aborted)
                : reading.SendAsync(request.Caller, request.Dataset, length, send, request.Aborted));
        }
    }

    /// <summary>
    /// Returns true if a page shows the file: browsers state the purpose of a request (Fetch Metadata Request Headers). A followed link, a
    /// saved file and any program other than a browser need the file itself.
    /// </summary>
    private static bool IsShown(DoorRequest request) => request.Header("Sec-Fetch-Dest") switch
    {
        null or "document" => false,
        "empty" => request.Header("Sec-Fetch-Mode") is "cors" or "same-origin",
        _ => true,
    };

    private static async Task SendSpecialAsync(DoorRequest request, Entry entry)
    {
        byte[] body = Encoding.UTF8.GetBytes(entry.Target ?? "");
        request.Http.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(request.Http.Request.Method))
        {
            await request.Http.Response.Body.WriteAsync(body, request.Aborted);
        }
    }

    private static void SetHeaders(HttpResponse response, OpenedEntry opened)
    {
        Entry entry = opened.Entry;
        response.Headers.CacheControl = "private, no-cache";
        response.ContentType = entry.Kind switch
        {
            EntryKind.File => entry.ContentType ?? FileTypes.Anything,
            EntryKind.SymbolicLink => HutchMediaTypes.Link,
            _ => HutchMediaTypes.Directory,
        };
        if (entry.ModifiedNanoseconds != 0)
        {
            response.Headers[HutchHeaders.Modified] = Text(entry.ModifiedNanoseconds);
            SetLastModified(response, entry.ModifiedNanoseconds);
        }

        if (entry.Kind != EntryKind.File)
        {
            return;
        }

        response.Headers.ETag = EntityTags.For(entry.Hash);
        response.Headers.AcceptRanges = "bytes";
        if (opened.Stored is not null && !entry.IsPending)
        {
            response.Headers[HutchHeaders.ReprDigest] = Digests.Write(entry.Hash);
        }

        // Never shown in place: a file of a dataset must not run as a page of this server.
        response.Headers.ContentDisposition = $"attachment; filename*=UTF-8''{Uri.EscapeDataString(opened.Path.Name)}";
        if (entry.Executable)
        {
            response.Headers[HutchHeaders.Executable] = "true";
        }

        foreach ((string name, string value) in entry.UserMetadata ?? ImmutableSortedDictionary<string, string>.Empty)
        {
            if (IsHeaderName(name) && !value.Any(char.IsControl))
            {
                response.Headers[HutchHeaders.MetadataPrefix + name] = value;
            }
        }
    }

    private static void SetLastModified(HttpResponse response, long nanoseconds) =>
        response.Headers.LastModified = HeaderUtilities.FormatDate(DateTimeOffset.FromUnixTimeSeconds(EntryTime.Seconds(nanoseconds)));

    private static bool IsHeaderName(string name) =>
        name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
