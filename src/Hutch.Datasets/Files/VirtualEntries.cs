namespace Hutch.Datasets.Files;

/// <summary>The virtual files of a dataset: they are made on reading.</summary>
/// <remarks>Checks no rights: the caller has.</remarks>
internal sealed class VirtualEntries(HeadReader heads, BlobStore blobs, RunRegistry runs, IVirtualFiles? virtualFiles)
{
    /// <summary>Opens a virtual file of a version that the caller may read.</summary>
    public async Task<Result<OpenedEntry>> OpenAsync(TreeView view, DatasetPath path, CancellationToken ct)
    {
        if (path.Value == ReservedNames.ResultTable)
        {
            return await OpenTableAsync(view, path, ct);
        }

        SiteDataset dataset = view.Dataset;
        string name = ReservedNames.NexusFile(dataset.Slug);
        if (path.Value != name)
        {
            return ErrorCode.NotFound.With(
                $"There is no {Display.Quote(path.Value)}. The frames of this dataset, once it is closed, are in {Display.Quote(name)}.");
        }

        if (dataset.Closed is not { } closed)
        {
            ErrorCode refusal = ErrorCode.DatasetOpen with
            {
                Advice = "Close it first, or export its current state to a file with `hutch export`.",
            };
            return refusal.With(
                $"{Display.Quote(name)} is made of the frames of a closed dataset, and '{dataset.Owner}/{dataset.Slug}' is open.");
        }

        if (virtualFiles is null)
        {
            return ErrorCode.Unprocessable.With("This server makes no NeXus files. Read the frames as they are stored.");
        }

        Result<VirtualFile> opened = await virtualFiles.OpenAsync(new VirtualSource(dataset.Id, heads.Tree, view.Root, blobs), ct);
        return opened.Then<OpenedEntry>(file => new OpenedEntry(
            path,
            Entry.File(file.Version, file.Content.Size, closed * Entry.NanosecondsPerMillisecond, contentType: file.ContentType),
            file.Content));
    }

    /// <summary>Lists the virtual files, or their folder, as a listing below <c>.hutch/</c> shows them.</summary>
    public async Task<Listing> ListAsync(TreeView view, ListQuery query, CancellationToken ct)
    {
        var items = new List<ListItem>();
        if (query.Prefix.StartsWith(ReservedNames.Top + "/", StringComparison.Ordinal))
        {
            string[] paths = [ReservedNames.ResultTable, ReservedNames.NexusFile(view.Dataset.Slug)];
            foreach (string path in paths.Order(Utf8Order.Comparer))
            {
                if (await FindAsync(view, path, query, ct) is { } item && !items.Contains(item))
                {
                    items.Add(item);
                }
            }
        }

        return new Listing([.. items.Take(query.Limit)], items.Count > query.Limit);
    }

    private async Task<Result<OpenedEntry>> OpenTableAsync(TreeView view, DatasetPath path, CancellationToken ct)
    {
        if (await heads.FindAsync(view, ResultFiles.JsonLines, ct) is not { Kind: EntryKind.File } entry)
        {
            return ErrorCode.NotFound.With(
                $"There is no {Display.Quote(path.Value)}: it has the rows of {Display.Quote(ResultFiles.JsonLines.Value)}, which this "
                + "version of the dataset does not have.");
        }

        if (virtualFiles is null)
        {
            return ErrorCode.Unprocessable.With("This server makes no HDF5 files. Read the rows as they are stored.");
        }

        DatasetId id = view.Dataset.Id;
        if (await blobs.FindAsync(id, entry.Hash, ct) is not { } rows)
        {
            return ErrorCode.Gone.With($"The bytes of {Display.Quote(ResultFiles.JsonLines.Value)} are no longer stored.");
        }

        var source = new TableSource(id, rows, await runs.FindWriterAsync(id, ct));
        return (await virtualFiles.OpenTableAsync(source, ct)).Then<OpenedEntry>(file => new OpenedEntry(
            path, Entry.File(file.Version, file.Content.Size, entry.ModifiedNanoseconds, contentType: file.ContentType), file.Content));
    }

    private async Task<ListItem?> FindAsync(TreeView view, string path, ListQuery query, CancellationToken ct)
    {
        if (!path.StartsWith(query.Prefix, StringComparison.Ordinal)
            || !(await OpenAsync(view, DatasetPath.Parse(path).Value, ct)).TryGet(out OpenedEntry? opened, out _))
        {
            return null;
        }

        int slash = query.Delimited ? path.IndexOf('/', query.Prefix.Length) : -1;
        ListItem item = slash < 0 ? new ListItem(path, opened.Entry) { IsVirtual = true } : new ListItem(path[..(slash + 1)], null);
        return query.After is { } after && Utf8Order.Compare(item.Path, after) <= 0 ? null : item;
    }
}
