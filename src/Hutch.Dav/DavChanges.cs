using Hutch.Site.Write.Entries;

namespace Hutch.Dav;

/// <summary>PUT, DELETE and MKCOL, each by the same path as over REST and S3.</summary>
internal sealed class DavChanges(DavContext dav, DoorRequest request, DavIf condition)
{
    private const string TimeHeader = "X-OC-Mtime";

    private HttpResponse Response => request.Http.Response;

    public async Task PutAsync(DavTarget target, CancellationToken ct)
    {
        if (request.Header("Content-Range") is not null)
        {
            throw ErrorCode.BadRequest.With("A part of a file cannot be put (Content-Range). Send the whole file.").ToException();
        }

        DavLocation location = await DavLocation.FindAsync(dav, request, target, ct);
        if (location.Node is { IsFolder: true } || target.HasSlash)
        {
            throw DavErrors.NotAllowed.With("A folder cannot be a file too.").ToException();
        }

        await location.RequireParentAsync(ct);
        Entry? before = location.Node?.Opened?.Entry;
        location.RequireUnlocked(condition, isDeep: false, isOfMember: before is null);
        Entry attributes = new()
        {
            Kind = EntryKind.File,
            ModifiedNanoseconds = Modified(),
            ContentType = request.Header("Content-Type"),
            Executable = before?.Executable == true,
            UserMetadata = DavProperties.KeptBy(before),
        };
        using var digests = DavDigests.Read(request);
        var file = new PutFile
        {
            Path = location.Path,
            Body = digests.Watch(request.Body),
            Length = request.Http.Request.ContentLength ?? ExpectedLength(),
            Attributes = attributes,

            // A long body gives others the time to lock the file.
            Complete = hash => (digests.FindMismatch(hash)
                ?? location.FindLocked(condition, isDeep: false, isOfMember: before is null)) is { } refusal ? refusal : attributes,
            Condition = Condition(before),
        };
        StoredEntry stored = (await dav.Files.Changes.PutFileAsync(request.Caller, location.Dataset, file, ct)).Value;
        Response.Headers.ETag = EntityTags.For(stored.Entry.Hash);
        if (attributes.ModifiedNanoseconds != 0)
        {
            Response.Headers["X-OC-MTime"] = "accepted";
        }

        Response.StatusCode = stored.IsNew ? StatusCodes.Status201Created : StatusCodes.Status204NoContent;
    }

    public async Task DeleteAsync(DavTarget target, CancellationToken ct)
    {
        DavLocation location = await DavLocation.FindAsync(dav, request, target, ct);
        bool isFolder = location.Required().IsFolder;
        if (isFolder && request.Header("Depth") is not (null or "infinity"))
        {
            throw ErrorCode.BadRequest.With("A folder is deleted with all below it, so that Depth must be 'infinity'.").ToException();
        }

        _ = location.Path;
        location.RequireMet();
        location.RequireUnlocked(condition, isDeep: isFolder, isOfMember: true);
        await location.RemoveAsync(isFolder ? EntryCondition.None : Condition(location.Node!.Opened!.Entry), ct);
        await location.KeepParentAsync(ct);
        Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public async Task MakeFolderAsync(DavTarget target, CancellationToken ct)
    {
        if (request.Http.Request.ContentLength > 0 || request.Header("Transfer-Encoding") is not null)
        {
            throw DavErrors.NoBodyExpected.With("A folder is created without a body.").ToException();
        }

        if (target.Path is null)
        {
            throw (DavErrors.ReadOnly with { Advice = "Create a dataset in the portal, or with `hutch init`." }).With(
                "Owners and datasets are not created over WebDAV.").ToException();
        }

        DavLocation location = await DavLocation.FindAsync(dav, request, target, ct);
        if (location.Node is not null)
        {
            throw DavErrors.NotAllowed.With("There is a file or folder with this name already.").ToException();
        }

        location.RequireMet();
        await location.RequireParentAsync(ct);
        location.RequireUnlocked(condition, isDeep: false, isOfMember: true);
        _ = (await dav.Files.Changes.PutAsync(
            request.Caller, location.Dataset, location.Path, Entry.Directory(0), new EntryCondition { MustNotExist = true }, ct)).Value;
        Response.StatusCode = StatusCodes.Status201Created;
    }

    /// <summary>The conditions that the commit checks. Those on tags in <c>If</c> held for the entry that was seen.</summary>
    private EntryCondition Condition(Entry? seen)
    {
        EntryCondition tags = EntityTags.Condition(request);
        return condition.HasTags && seen is not null ? tags with { MustBe = entry => entry.Hash == seen.Hash } : tags;
    }

    /// <summary>The length that Finder sends of a file in chunks.</summary>
    private long? ExpectedLength() => long.TryParse(
        request.Header("X-Expected-Entity-Length"), NumberStyles.None, CultureInfo.InvariantCulture, out long length) ? length : null;

    /// <summary>The time that ownCloud's clients and rclone send, in seconds; 0 without one.</summary>
    private long Modified()
    {
        if (request.Header(TimeHeader) is not { } text)
        {
            return 0;
        }

        return decimal.TryParse(
            text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds)
            ? EntryTime.Known((long)Math.Clamp(
                Math.Clamp(seconds, long.MinValue, long.MaxValue) * EntryTime.NanosecondsPerSecond, long.MinValue, long.MaxValue))
            : throw ErrorCode.BadRequest.With(
                $"The header {TimeHeader} is {Display.Quote(text)}; it must be seconds since 1970.").ToException();
    }
}
