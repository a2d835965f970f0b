using Hutch.DataLad.Serving;
using Hutch.DataLad.Store;
using Hutch.DataLad.Synthesis;
using Hutch.DataLad.Wire;
using Hutch.Doors;

namespace Hutch.DataLad.Hosting;

internal sealed class GitRequest(GitContext git, HttpContext http, Caller caller, GitRoute route)
{
    public const string AnnexFolder = "annex/objects/";

    private const string Service = "git-upload-pack";

    private GitRoute _route = route;

    private CancellationToken Aborted => http.RequestAborted;

    /// <summary>True if the caller was found to have the right to read the dataset.</summary>
    public bool MayRead { get; private set; }

    public async Task AnswerAsync(CancellationToken ct)
    {
        if (_route.Dataset.Length == 0)
        {
            await AnswerStoreAsync();
            return;
        }

        if (await FindAsync(ct) is not { } id)
        {
            return;
        }

        bool isPost = HttpMethods.IsPost(http.Request.Method);
        bool isRead = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);
        await (_route.Rest switch
        {
            Service when isPost => ServeAsync(id),
            GitPush.Service when isPost => new GitPush(git, http, caller).AnswerAsync(id, ct),
            _ when HttpMethods.IsPut(http.Request.Method) && IsKey =>
                new KeyUpload(git, http, caller).AnswerAsync(id, KeyText, alsoMd5: false, ct),
            _ when HttpMethods.IsDelete(http.Request.Method) && IsKey => throw RetainedPermanently().ToException(),
            _ when LfsRequest.Serves(_route.Rest) => new LfsRequest(git, http, caller).AnswerAsync(id, _route.Rest, ct),
            _ when !isRead => throw NoSuchMethod().ToException(),
            "info/refs" when http.Request.Query["service"] == GitPush.Service => new GitPush(git, http, caller).AdvertiseAsync(id, ct),
            "info/refs" => AdvertiseAsync(id),
            "HEAD" => AnswerHeadAsync(id),
            "config" => TextAnswer.SendAsync(http, RiaFiles.Configuration(id, _route.IsRia), ct),
            RiaFiles.LayoutFile when _route.IsRia => TextAnswer.SendAsync(http, RiaFiles.ObjectLayout, ct),
            _ when IsKey => SendContentAsync(id),
            _ => throw NoSuchFile().ToException(),
        });
    }

    /// <summary>
    /// The dataset whose repository is meant: the one that is named or, below its own paths, a dataset inside it, as <c>git clone
    /// --recurse-submodules</c> asks for it. Null when the push that creates a dataset was answered.
    /// </summary>
    private async Task<DatasetId?> FindAsync(CancellationToken ct)
    {
        var inside = new Subdatasets(git.Services.Repositories.KeptVersions);
        for (int depth = 0; ; depth++)
        {
            Result<DatasetId> found = await git.Services.Repositories.KeptVersions.ResolveAsync(caller, _route.Dataset, ct);
            if (!found.IsOk && found.Error.Code == ErrorCode.NotFound && caller.IsUser && NewName() is { } name)
            {
                await (_route.Rest == LfsRequest.BatchPath
                    ? new LfsRequest(git, http, caller).AnswerNewAsync(name, found.Error, ct)
                    : new GitPush(git, http, caller).AnswerNewAsync(name, ct));
                return null;
            }

            DatasetId id = found.Value;
            MayRead = true;
            if (await git.Services.Repositories.KeptVersions.CheckHomeAsync(caller, id, ct) is { } refusal)
            {
                throw refusal.ToException();
            }

            if (_route.IsRia || IsOfRepository || depth == Subdataset.MaxLevels
                || await inside.FindAsync(caller, id, _route.Rest, ct) is not { } inner)
            {
                return id;
            }

            // A reader of the outer dataset may have no right in the inner one, and then learns as little as about any dataset.
            (_route, MayRead) = (inner, false);
        }
    }

    /// <summary>The name of the dataset that this request creates: that of a push to a repository that does not exist.</summary>
    private DatasetName? NewName()
    {
        bool isPush = HttpMethods.IsPost(http.Request.Method)
            ? _route.Rest == GitPush.Service || _route.Rest == LfsRequest.BatchPath
            : _route.Rest == "info/refs" && http.Request.Query["service"] == GitPush.Service;
        return isPush && !_route.IsRia && DatasetName.Parse(_route.Dataset) is { IsOk: true } name ? name.Value : null;
    }

    private Task AnswerStoreAsync() => _route.Rest == RiaFiles.LayoutFile
        ? TextAnswer.SendAsync(http, RiaFiles.StoreLayout, Aborted)
        : throw NoSuchFile().ToException();

    private async Task AdvertiseAsync(DatasetId id)
    {
        string service = http.Request.Query["service"].ToString();
        if (service.Length == 0)
        {
            throw ErrorCode.BadRequest.With("This repository is served over git's smart protocol only: use git 2.26 or newer.")
                .ToException();
        }

        if (service != Service)
        {
            throw NoSuchFile().ToException();
        }

        PermanentVersions versions = (await git.Services.Repositories.KeptVersions.ListAsync(caller, id, Aborted)).Value;
        if (await git.Services.Repositories.Repositories.FixForReaderAsync(caller, versions, Aborted))
        {
            versions = (await git.Services.Repositories.KeptVersions.ListAsync(caller, id, Aborted)).Value;
        }

        // Refuse an unservable repository now: git shows the message of this answer, and only the status of the next.
        Repositories.Check(versions, git.Options.MaxFiles);
        Begin($"application/x-{Service}-advertisement");
        if (http.Request.Headers["Git-Protocol"].ToString().Split(':').Contains("version=2"))
        {
            UploadPack.Advertise(http.Response.BodyWriter);
        }
        else
        {
            PktLines.Text(http.Response.BodyWriter, $"# service={Service}");
            PktLines.Flush(http.Response.BodyWriter);
            PktLines.Error(
                http.Response.BodyWriter, "Hutch speaks version 2 of git's protocol: use git 2.26 or newer, or set protocol.version=2");
        }

        await http.Response.BodyWriter.FlushAsync(Aborted);
    }

    private async Task AnswerHeadAsync(DatasetId id)
    {
        SiteDataset dataset = (await git.Services.Repositories.KeptVersions.FindReadableAsync(caller, id, Aborted)).Value;
        RefTable refs = await git.Stored.RefsAsync(dataset, Aborted) ?? RefTable.Empty;
        await TextAnswer.SendAsync(http, refs.ToHead(), Aborted);
    }

    private async Task ServeAsync(DatasetId id)
    {
        ReadOnlyMemory<byte> body = await RequestBody.ReadAsync(http.Request, git.Options.MaxRequestBytes, Aborted);
        GitCommand command = GitCommand.Parse(body.Span).Value;
        PermanentVersions versions = (await git.Services.Repositories.KeptVersions.ListAsync(caller, id, Aborted)).Value;
        Repository repository = await git.Repositories.OpenAsync(versions, Aborted);
        Begin($"application/x-{Service}-result");
        if (command is GitCommand.ListRefs list)
        {
            UploadPack.List(http.Response.BodyWriter, repository, list);
            await http.Response.BodyWriter.FlushAsync(Aborted);
        }
        else if (command is GitCommand.Fetch fetch)
        {
            await git.UploadPack.FetchAsync(
                http.Response.BodyWriter, repository, fetch,
                (length, send) => git.Services.Access.Guard.SendAsync(caller, id, length, send, Aborted), Aborted);
        }
    }

    /// <summary>
    /// The content of a key. HEAD answers 200 only when the bytes are held: people delete their only copy because of it. The directories
    /// before the key are not looked at, so that both ways of git-annex to spell them work.
    /// </summary>
    private async Task SendContentAsync(DatasetId id)
    {
        string name = KeyText;
        KeyName key = KeyName.Parse(name)
            ?? throw ErrorCode.NotFound.With($"{Display.Quote(name)} is not a key of git-annex.").ToException();
        bool isHead = HttpMethods.IsHead(http.Request.Method);
        Result<KeyContent> found = await git.Services.Repositories.KeptVersions.FindAsync(
            caller, id, key.Name, key.Sha256, key.Size, Aborted);
        if (isHead && (found.IsOk ? !found.Value.IsRetained : found.Error.Code == ErrorCode.Quarantined
            || found.Error.Code == ErrorCode.Evicted))
        {
            // For this question, damaged or evicted content is absent and no failure: a client that has it sends it again.
            throw ErrorCode.NotFound.With("The bytes are not held here for good.").ToException();
        }

        KeyContent blob = found.Value;
        if (isHead)
        {
            await git.Promise.ExtendAsync(id, [key.Name], Aborted);
        }

        long size = blob.Content.Size;
        bool isWhole = isHead || blob.IsPending;
        (RangeKind kind, long offset, long length) = RangeHeader.Parse(isWhole ? null : http.Request.Headers.Range.ToString(), size);
        Begin("application/octet-stream");
        http.Response.Headers.AcceptRanges = blob.IsPending ? "none" : "bytes";
        http.Response.Headers.ContentDisposition = "attachment";
        http.Response.Headers.ContentSecurityPolicy = "sandbox";
        if (kind == RangeKind.Unsatisfiable)
        {
            http.Response.Headers.ContentRange = $"bytes */{size}";
            http.Response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
            return;
        }

        if (kind == RangeKind.Range)
        {
            http.Response.StatusCode = StatusCodes.Status206PartialContent;
            http.Response.Headers.ContentRange = $"bytes {offset}-{offset + length - 1}/{size}";
        }

        http.Response.ContentLength = length;
        if (!isHead)
        {
            await git.Services.Access.Guard.SendAsync(
                caller, id, length,
                ct => blob.IsPending
                    ? PendingKey.SendAsync(key, blob.Content, http.Response.BodyWriter, ct)
                    : blob.Content.CopyToAsync(http.Response.BodyWriter, offset, length, ct),
                Aborted);
        }
    }

    private void Begin(string type)
    {
        http.Response.ContentType = type;
        http.Response.Headers.CacheControl = "no-cache";
        http.Response.Headers.XContentTypeOptions = "nosniff";
    }

    private bool IsOfRepository =>
        _route.Rest is Service or GitPush.Service or "info/refs" or "HEAD" or "config" || IsKey || LfsRequest.Serves(_route.Rest);

    private bool IsKey => _route.Rest.StartsWith(AnnexFolder, StringComparison.Ordinal);

    private string KeyText => _route.Rest[(_route.Rest.LastIndexOf('/') + 1)..];

    private static HutchError RetainedPermanently() => (ErrorCode.Forbidden with
    {
        Advice = "Managers of the dataset see and delete uploads without a commit: `hutch sent DATASET`.",
    }).With("What was stored here stays: commits or versions of the dataset may name it.");

    private HutchError NoSuchMethod() =>
        ErrorCode.BadRequest.With($"There is no {http.Request.Method} here: git reads and pushes, git-annex reads and stores keys.");

    private HutchError NoSuchFile() => ErrorCode.NotFound.With($"There is no {Display.Quote(_route.Rest)} here.");
}
