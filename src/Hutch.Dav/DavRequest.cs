using System.Xml.Linq;
using Hutch.Model.Zone;
using Hutch.Zone.Names;

namespace Hutch.Dav;

/// <summary>One request: reads what the address names, or gives it to the class that changes it.</summary>
internal sealed class DavRequest(DavContext dav, DoorRequest request)
{
    public const string XmlType = "application/xml; charset=utf-8";

    private const string Methods =
        "OPTIONS, GET, HEAD, PROPFIND, PUT, DELETE, MKCOL, COPY, MOVE, PROPPATCH, LOCK, UNLOCK";

    private const int PageItems = 1000;
    private const int MaxNames = 10_000;
    private const int MaxProperties = 64;

    private HttpContext Http => request.Http;

    /// <summary>The address of a path in the dataset of another address.</summary>
    public static string Href(HttpContext http, DavTarget target, string path, bool isFolder)
    {
        string root = $"{target.Owner}/{target.Name}";
        return DavTarget.Href(http.Request.PathBase, path.Length == 0 ? root : $"{root}/{path}", isFolder);
    }

    public static string LockRoot(HttpContext http, DavTarget target, DavLock held) =>
        Href(http, target, held.Path, isFolder: held.Path.Length == 0);

    public async Task AnswerAsync(CancellationToken ct)
    {
        string method = Http.Request.Method;
        if (HttpMethods.IsOptions(method))
        {
            Http.Response.Headers["DAV"] = "1, 2";
            Http.Response.Headers.Allow = Methods;
            Http.Response.Headers["MS-Author-Via"] = "DAV";
            return;
        }

        var target = DavTarget.Of(Http);
        switch (method)
        {
            case "PROPFIND":
                await ListAsync(target, ct);
                break;
            case "GET" or "HEAD":
                await ReadAsync(target, ct);
                break;
            default:
                await ChangeAsync(method, target, ct);
                break;
        }
    }

    private async Task ChangeAsync(string method, DavTarget target, CancellationToken ct)
    {
        var condition = DavIf.Read(request.Header("If"));
        Func<DavTarget, CancellationToken, Task>? change = method switch
        {
            "PUT" => new DavChanges(dav, request, condition).PutAsync,
            "DELETE" => new DavChanges(dav, request, condition).DeleteAsync,
            "MKCOL" => new DavChanges(dav, request, condition).MakeFolderAsync,
            "COPY" => new DavTransfers(dav, request, condition).CopyAsync,
            "MOVE" => new DavTransfers(dav, request, condition).MoveAsync,
            "PROPPATCH" => new DavPatch(dav, request, condition).AnswerAsync,
            "LOCK" => new DavLocking(dav, request, condition).LockAsync,
            "UNLOCK" => new DavLocking(dav, request, condition).UnlockAsync,
            _ => null,
        };
        if (change is null)
        {
            Http.Response.Headers.Allow = Methods;
            Http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        if (!await condition.HoldsAsync(
            (resource, stop) => StateAsync(resource is null ? target : DavTarget.Of(Http, resource), stop), ct))
        {
            throw ErrorCode.PreconditionFailed.With("None of the lists of the header If holds.").ToException();
        }

        await change(target, ct);
    }

    /// <summary>The lock and the tag of a resource that the header If names. One that the caller may not see has none.</summary>
    private async Task<DavState> StateAsync(DavTarget? target, CancellationToken ct)
    {
        if (target?.Name is null)
        {
            return new DavState(null, null);
        }

        try
        {
            DavVersion version = await DavVersion.FindAsync(dav, request, target, ct);
            Entry? entry = (await version.FindAsync(target.Path, ct))?.Opened?.Entry;
            DavLock? held = version.At is null ? dav.Locks.Find(version.Dataset, target.Path?.Value ?? "") : null;
            return new DavState(held?.Token, entry?.Kind == EntryKind.File ? EntityTags.For(entry.Hash) : null);
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound || e.Error.Code == ErrorCode.Forbidden)
        {
            return new DavState(null, null);
        }
    }

    private async Task ReadAsync(DavTarget target, CancellationToken ct)
    {
        DavVersion version = await DavVersion.FindAsync(dav, request, target, ct);
        DavNode node = await version.FindAsync(target.Path, ct) ?? throw DavVersion.None(target).ToException();
        if (node.Opened is { } opened && !node.IsFolder)
        {
            await EntryAnswer.SendAsync(request, opened);
            return;
        }

        Http.Response.Headers.Allow = Methods;
        Http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
    }

    private async Task ListAsync(DavTarget target, CancellationToken ct)
    {
        string depth = Http.Request.Headers["Depth"].ToString();
        if (depth is not ("0" or "1"))
        {
            await RefuseDepthAsync(ct);
            return;
        }

        XElement? body = await DavXml.ReadAsync(request);
        List<XName>? wanted = body?.Element(DavXml.Dav + "prop")?.Elements().Select(one => one.Name).ToList();
        if (wanted?.Count > MaxProperties)
        {
            throw ErrorCode.TooLarge.With($"{wanted.Count} properties are too many for one request; the limit is {MaxProperties}.")
                .ToException();
        }

        bool namesOnly = body?.Element(DavXml.Dav + "propname") is not null;
        using var xml = new DavXml();
        xml.Begin("multistatus");
        if (target.Name is null)
        {
            await ListNamesAsync(xml, target.Owner, depth == "1", wanted, namesOnly, ct);
        }
        else
        {
            await ListFilesAsync(xml, target, depth == "1", wanted, namesOnly, ct);
        }

        xml.Writer.WriteEndElement();
        await xml.SendAsync(Http.Response, ct);
    }

    private async Task RefuseDepthAsync(CancellationToken ct)
    {
        using var xml = new DavXml();
        xml.Begin("error");
        xml.Start("propfind-finite-depth");
        xml.Writer.WriteEndElement();
        xml.Writer.WriteEndElement();
        Begin(StatusCodes.Status403Forbidden);
        await xml.SendAsync(Http.Response, ct);
    }

    /// <summary>The owners of the datasets that the caller may view, or the datasets of one owner.</summary>
    private async Task ListNamesAsync(
        DavXml xml, string? owner, bool isDeep, IReadOnlyList<XName>? wanted, bool namesOnly, CancellationToken ct)
    {
        // Public datasets of all owners are too many for the root; an address of theirs finds them.
        var filter = new VisibleNamesFilter { Owner = owner, IncludePublic = owner is not null, Limit = MaxNames };
        IReadOnlyList<NameRecord> names = (await dav.Names.ListAsync(request.Caller, filter, ct)).Value;
        if (owner is not null && names.Count == 0 && owner != request.Caller.User?.Name)
        {
            throw ErrorCode.NotFound.With($"No dataset of {Display.Quote(owner)} is visible to you.").ToException();
        }

        Begin(StatusCodes.Status207MultiStatus);
        var view = new DavNodeView(null, null, _ => "", request.Caller);
        xml.Node(Href(owner ?? "", isFolder: true), view, wanted, namesOnly);
        foreach (string child in isDeep ? names.Select(name => owner is null ? name.Owner.Name : name.FullName).Distinct() : [])
        {
            xml.Node(Href(child, isFolder: true), view, wanted, namesOnly);
        }
    }

    private async Task ListFilesAsync(
        DavXml xml, DavTarget target, bool isDeep, IReadOnlyList<XName>? wanted, bool namesOnly, CancellationToken ct)
    {
        DavVersion version = await DavVersion.FindAsync(dav, request, target, ct);
        DavNode node = await version.FindAsync(target.Path, ct) ?? throw DavVersion.None(target).ToException();
        string path = target.Path?.Value ?? "";
        string? after = null;
        bool isBegun = false;
        do
        {
            Listing? page = isDeep && node.IsFolder ? await version.ListAsync(target.Path, after, PageItems, isFlat: false, ct) : null;
            if (!isBegun)
            {
                isBegun = true;
                Begin(StatusCodes.Status207MultiStatus);
                Write(path, node.IsFolder ? node.Opened?.Entry : node.Opened!.Entry);
            }

            foreach (ListItem item in page?.Items ?? [])
            {
                Write(item.Path.TrimEnd('/'), item.Entry);
                await xml.SendPartAsync(Http.Response, ct);
            }

            after = page?.Next;
            await xml.SendAsync(Http.Response, ct);
        }
        while (after is not null);

        void Write(string at, Entry? entry)
        {
            DavLock? held = version.At is null ? dav.Locks.Find(version.Dataset, at) : null;
            var view = new DavNodeView(entry, held, one => LockRoot(Http, target, one), request.Caller);
            xml.Node(Href(Http, target, at, view.IsFolder), view, wanted, namesOnly);
        }
    }

    private string Href(string path, bool isFolder) => DavTarget.Href(Http.Request.PathBase, path, isFolder);

    private void Begin(int status)
    {
        Http.Response.StatusCode = status;
        Http.Response.ContentType = XmlType;
        Http.Response.Headers.CacheControl = "private, no-cache";
    }
}
