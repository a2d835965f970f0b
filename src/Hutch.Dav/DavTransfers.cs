using Hutch.Site.Write.Entries;

namespace Hutch.Dav;

/// <summary>COPY and MOVE. Bytes are copied by reference wherever they last long enough.</summary>
internal sealed class DavTransfers(DavContext dav, DoorRequest request, DavIf condition)
{
    private const int MaxEntries = 10_000;
    private const int PageItems = 1000;
    private const int AtOnce = 64;

    public async Task CopyAsync(DavTarget source, CancellationToken ct)
    {
        DavVersion from = await DavVersion.FindAsync(dav, request, source, ct);
        DavNode node = await from.FindAsync(source.Path, ct) is { } found && (found.IsFolder || !source.HasSlash)
            ? found
            : throw DavVersion.None(source).ToException();
        from.RequireMet(source, node);
        bool isShallow = node.IsFolder && Depth("0", "infinity") == "0";
        DavLocation to = await FindTargetAsync(ct);
        RequireApart(from.At is null && from.Dataset == to.Dataset, source.Path?.Value ?? "", to.Key);
        IReadOnlyList<string> below = node.IsFolder && !isShallow ? await ListAsync(from, source, ct) : [];
        bool isNew = to.Node is null;
        await MakeWayAsync(to, keepsFile: !node.IsFolder, ct);
        if (!node.IsFolder || below.Count == 0)
        {
            await CopyAsync(node.IsFolder ? new OpenedEntry(to.Path, node.Opened?.Entry ?? Entry.Directory(0), null) : node.Opened!,
                to, to.Path, ct);
        }

        await CopyAllAsync(from, source, to, below, ct);
        request.Http.Response.StatusCode = isNew ? StatusCodes.Status201Created : StatusCodes.Status204NoContent;
    }

    public async Task MoveAsync(DavTarget source, CancellationToken ct)
    {
        DavLocation from = await DavLocation.FindAsync(dav, request, source, ct);
        DavNode node = from.Required();
        if (node.IsFolder)
        {
            _ = Depth("infinity");
        }

        _ = from.Path;
        from.RequireMet();
        from.RequireUnlocked(condition, isDeep: node.IsFolder, isOfMember: true);
        DavLocation to = await FindTargetAsync(ct);
        RequireApart(from.Dataset == to.Dataset, from.Key, to.Key);
        if (node.IsFolder && from.Dataset != to.Dataset)
        {
            throw (DavErrors.SamePlace with { Advice = "Copy it, and delete it here." }).With(
                "A folder is moved only inside its dataset.").ToException();
        }

        bool isNew = to.Node is null;
        await MakeWayAsync(to, keepsFile: !node.IsFolder, ct);
        if (node.IsFolder)
        {
            _ = (await dav.Files.Moves.MoveAsync(
                request.Caller, from.Dataset, [(from.Path.Value, to.Path.Value)], null, ct)).Value;
            dav.Locks.Forget(from.Dataset, from.Key);
        }
        else
        {
            Entry moved = node.Opened!.Entry;
            await CopyAsync(node.Opened, to, to.Path, ct);
            await from.RemoveAsync(new EntryCondition { MustBe = entry => entry.Equals(moved) }, ct);
        }

        await from.KeepParentAsync(ct);
        request.Http.Response.StatusCode = isNew ? StatusCodes.Status201Created : StatusCodes.Status204NoContent;
    }

    private async Task<DavLocation> FindTargetAsync(CancellationToken ct)
    {
        string url = request.Header("Destination")
            ?? throw ErrorCode.BadRequest.With("The header Destination is missing: it has the new address.").ToException();
        DavTarget target = DavTarget.Of(request.Http, url) ?? throw DavErrors.ElsewhereTarget.With(
            $"The target {Display.Quote(url)} is not in the WebDAV door of this server.").ToException();
        DavLocation location = await DavLocation.FindAsync(dav, request, target, ct);
        await location.RequireParentAsync(ct);
        return location;
    }

    /// <summary>Refuses a target that is the source, in it, or above it: the copy would not end, or replace its source.</summary>
    private static void RequireApart(bool isSameDataset, string from, string to)
    {
        if (isSameDataset && (from == to || DavLocks.IsBelow(from, to) || DavLocks.IsBelow(to, from)))
        {
            throw DavErrors.SamePlace.With("A file or folder cannot be copied or moved onto itself, or into or over its own folder.")
                .ToException();
        }
    }

    /// <summary>Removes what is at the target, as <c>Overwrite</c> allows; a file gives way to a file by being replaced.</summary>
    private async Task MakeWayAsync(DavLocation to, bool keepsFile, CancellationToken ct)
    {
        bool isFolder = to.Node is { IsFolder: true };
        to.RequireUnlocked(condition, isDeep: isFolder, isOfMember: to.Node is null);
        if (to.Node is null)
        {
            return;
        }

        if (!Overwrites())
        {
            throw ErrorCode.PreconditionFailed.With($"{Display.Quote(to.Key)} exists, and must not be overwritten.").ToException();
        }

        if (isFolder || !keepsFile)
        {
            // With a snapshot before it, so that a copy that fails later loses nothing.
            _ = (await dav.Files.Moves.RemoveAsync(request.Caller, to.Dataset, [to.Path.Value], null, ct)).Value;
            dav.Locks.Forget(to.Dataset, to.Key);
        }
    }

    private bool Overwrites() => request.Header("Overwrite") switch
    {
        null or "T" or "t" => true,
        "F" or "f" => false,
        { } text => throw ErrorCode.BadRequest.With($"The header Overwrite is {Display.Quote(text)}; it must be T or F.").ToException(),
    };

    /// <summary>The depth, which is one of some values; the last of them without the header.</summary>
    private string Depth(params ReadOnlySpan<string> allowed)
    {
        string depth = request.Header("Depth") ?? allowed[^1];
        return allowed.Contains(depth)
            ? depth
            : throw ErrorCode.BadRequest.With(
                $"The header Depth is {Display.Quote(depth)}; for a folder it must be {string.Join(" or ", allowed!)}.").ToException();
    }

    private async Task CopyAsync(OpenedEntry source, DavLocation to, DatasetPath path, CancellationToken ct)
    {
        EntryCondition absent = Overwrites() ? EntryCondition.None : new EntryCondition { MustNotExist = true };
        _ = (await dav.Files.Copies.CopyAsync(request.Caller, source, to.Dataset, path, source.Entry, absent, ct)).Value;
    }

    /// <summary>The paths of all entries of a folder, listed before the first is copied.</summary>
    private static async Task<IReadOnlyList<string>> ListAsync(DavVersion from, DavTarget source, CancellationToken ct)
    {
        var paths = new List<string>();
        string? after = null;
        do
        {
            Listing page = await from.ListAsync(source.Path, after, PageItems, isFlat: true, ct);
            paths.AddRange(page.Items.Select(item => item.Path));
            after = page.Next;
        }
        while (after is not null && paths.Count <= MaxEntries);

        return paths.Count <= MaxEntries ? paths : throw (ErrorCode.TooLarge with { Advice = "Copy its folders one by one." }).With(
            $"The folder has more than {MaxEntries} entries, the most that one COPY takes.").ToException();
    }

    private async Task CopyAllAsync(
        DavVersion from, DavTarget source, DavLocation to, IReadOnlyList<string> paths, CancellationToken ct)
    {
        int skipped = source.Path is { } folder ? folder.Value.Length + 1 : 0;
        int copied = 0;
        foreach (string[] some in paths.Chunk(AtOnce))
        {
            try
            {
                // Together: they wait for one sync.
                await Task.WhenAll(some.Select(CopyOneAsync));
            }
            catch (HutchException e) when (copied > 0)
            {
                throw (e.Error with { Message = $"{e.Error.Message} About {copied} of {paths.Count} entries were copied." }).ToException();
            }
        }

        async Task CopyOneAsync(string text)
        {
            var path = DatasetPath.Parse(text).Value;
            OpenedEntry opened = (await from.Reader.Entries.OpenAsync(request.Caller, from.Dataset, path, from.At, ct)).Value;
            await CopyAsync(opened, to, to.Path.Append(text[skipped..]).Value, ct);
            Interlocked.Increment(ref copied);
        }
    }
}
