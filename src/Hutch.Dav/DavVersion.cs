using Hutch.Datasets;

namespace Hutch.Dav;

/// <summary>A version of a dataset that the caller may view.</summary>
/// <param name="At">The version; null for the head.</param>
internal sealed record DavVersion(DoorRequest Request, DatasetReader Reader, DatasetId Dataset, SnapshotRef? At)
{
    public static async ValueTask<DavVersion> FindAsync(DavContext dav, DoorRequest request, DavTarget target, CancellationToken ct)
    {
        if (target.Name is null)
        {
            throw (ErrorCode.Forbidden with { Advice = "Create a dataset with `hutch init`." }).With(
                "Owners and datasets are not files.").ToException();
        }

        DatasetRef reference = DatasetRef.Parse($"{target.Owner}/{target.Name}").Value;
        DatasetId dataset = (await dav.Names.ResolveAsync(request.Caller, reference, ct)).Value.Dataset.Dataset;
        request.Http.Request.RouteValues["id"] = dataset.ToString();
        request.Http.Request.RouteValues["at"] = reference.Snapshot?.Text;
        return await request.ReadFromAsync(dataset, ct) is { } refusal
            ? throw refusal.ToException()
            : new DavVersion(request, request.Reader, dataset, reference.Snapshot);
    }

    public static HutchError None(DavTarget target) =>
        ErrorCode.NotFound.With($"There is no {Display.Quote(target.Path?.Value ?? target.Name)} here.");

    /// <summary>Returns the file or folder at a path; null for none.</summary>
    public async ValueTask<DavNode?> FindAsync(DatasetPath? path, CancellationToken ct)
    {
        if (path is not { } at)
        {
            await ListAsync(null, null, 1, isFlat: false, ct);
            return new DavNode(null);
        }

        Result<OpenedEntry> opened = await Reader.Entries.OpenAsync(Request.Caller, Dataset, at, At, ct);
        if (opened.IsOk)
        {
            return new DavNode(opened.Value);
        }

        if (opened.Error.Code != ErrorCode.NotFound)
        {
            throw opened.Error.ToException();
        }

        return (await ListAsync(at, null, 1, isFlat: false, ct)).Items.Count > 0 ? new DavNode(null) : null;
    }

    /// <summary>Refuses a request with a condition that does not hold (RFC 9110 section 13). A folder has no tag and no date.</summary>
    public void RequireMet(DavTarget target, DavNode? node)
    {
        Entry? entry = node is { IsFolder: true } ? Entry.Directory(0) : node?.Opened!.Entry;
        if (target.Path is { } path && EntityTags.Condition(Request).Check(path, entry) is { } refusal)
        {
            throw refusal.ToException();
        }
    }

    /// <param name="isFlat">True for all entries below the folder; false for its own files and folders.</param>
    public async ValueTask<Listing> ListAsync(
        DatasetPath? folder, string? after, int limit, bool isFlat, CancellationToken ct) =>
        (await Reader.Entries.ListAsync(
            Request.Caller, Dataset, At,
            new ListQuery { Prefix = folder is { } path ? path.Value + "/" : "", Delimited = !isFlat, After = after, Limit = limit },
            ct)).Value;
}

/// <param name="Opened">The entry; null for a folder with entries.</param>
internal sealed record DavNode(OpenedEntry? Opened)
{
    public bool IsFolder => Opened is null or { Entry.Kind: EntryKind.EmptyDirectory };
}
