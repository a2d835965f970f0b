using System.Text.Json;
using Hutch.DataLad.Lfs;
using Hutch.Doors;

namespace Hutch.DataLad.Hosting;

/// <summary>
/// The requests of git-lfs: a batch says which files a client has or wants, and the answer where each goes or is. A file is a key of the
/// backend SHA256, stored and given out like any other. It is checked and durable when its upload is answered, so that nothing is left to
/// verify.
/// </summary>
internal sealed class LfsRequest(GitContext git, HttpContext http, Caller caller)
{
    public const string BatchPath = Folder + "objects/batch";

    private const string Folder = "info/lfs/";
    private const string LockPath = Folder + "locks";
    private const string UploadFolder = Folder + "objects/keys/";
    private const string Basic = "basic";
    private const string Upload = "upload";

    private const int MaxObjects = 100;

    public static bool Serves(string rest) => rest.StartsWith(Folder, StringComparison.Ordinal);

    public Task AnswerAsync(DatasetId id, string rest, CancellationToken ct)
    {
        QuickAcknowledgement.Request(http);
        if (rest == BatchPath && HttpMethods.IsPost(http.Request.Method))
        {
            return AnswerBatchAsync(id, ct);
        }

        if (rest.StartsWith(UploadFolder, StringComparison.Ordinal) && HttpMethods.IsPut(http.Request.Method))
        {
            return new KeyUpload(git, http, caller).AnswerAsync(id, rest[UploadFolder.Length..], alsoMd5: true, ct);
        }

        if (rest == LockPath || rest.StartsWith(LockPath + "/", StringComparison.Ordinal))
        {
            return LfsAnswer.WriteErrorAsync(
                http, StatusCodes.Status501NotImplemented,
                "There are no locks here: a push that is behind another push is refused.", ct);
        }

        throw ErrorCode.NotFound.With("Of git-lfs, only batch requests and transfers are supported.").ToException();
    }

    /// <summary>Answers a batch for a dataset that does not exist: an upload creates it as the push that follows would.</summary>
    public async Task AnswerNewAsync(DatasetName name, HutchError notFound, CancellationToken ct)
    {
        LfsBatch batch = await ReadAsync(ct);
        if (batch is not { Operation: Upload, Objects.Count: > 0 })
        {
            throw notFound.ToException();
        }

        if (await git.Services.Creation.FindRefusalAsync(caller, name.Owner, ct) is { } refusal)
        {
            throw refusal.ToException();
        }

        long bytes = (long)Math.Min(batch.Objects.Sum(static one => (decimal)Math.Max(one.Size, 0)), long.MaxValue);
        DatasetId id = (await new GitPush(git, http, caller).CreateAsync(name, bytes, batch.Objects.Count, ct)).Value.Id;
        await AnswerBatchAsync(id, batch, ct);
    }

    private async Task AnswerBatchAsync(DatasetId id, CancellationToken ct)
    {
        LfsBatch batch = await ReadAsync(ct);
        if (batch.Operation == Upload)
        {
            _ = (await git.Services.Repositories.Repositories.FindWritableAsync(caller, id, ct)).Value;
        }

        await AnswerBatchAsync(id, batch, ct);
    }

    private async Task AnswerBatchAsync(DatasetId id, LfsBatch batch, CancellationToken ct)
    {
        bool isUpload = batch.Operation == Upload;
        IReadOnlyList<LfsObject> objects = await AnswerAsync(id, batch.Objects ?? [], isUpload, ct);
        await LfsAnswer.SendAsync(http, StatusCodes.Status200OK, new LfsObjects(Basic, objects), LfsJson.Default.LfsObjects, ct);
    }

    private async Task<LfsBatch> ReadAsync(CancellationToken ct)
    {
        ReadOnlyMemory<byte> body = await RequestBody.ReadAsync(http.Request, git.Options.MaxRequestBytes, ct);
        LfsBatch? batch = null;
        try
        {
            batch = JsonSerializer.Deserialize(body.Span, LfsJson.Default.LfsBatch);
        }
        catch (JsonException)
        {
            // Said below, with what else may be wrong.
        }

        if (batch is not { Operation: Upload or "download" } || batch.Objects?.Contains(null!) == true)
        {
            throw ErrorCode.BadRequest.With("The body is not a batch of git-lfs: JSON with an operation, upload or download.")
                .ToException();
        }

        if (batch.HashAlgorithm is not (null or "sha256") || batch.Transfers?.Contains(Basic) == false)
        {
            throw ErrorCode.BadRequest.With("git-lfs is spoken here with sha256 and the transfer basic only.").ToException();
        }

        if (batch.Objects?.Count > MaxObjects)
        {
            throw ErrorCode.TooLarge.With($"The batch has {batch.Objects.Count} files; at most {MaxObjects} are taken.").ToException();
        }

        return batch;
    }

    /// <summary>The action that the client takes for each file.</summary>
    private async Task<IReadOnlyList<LfsObject>> AnswerAsync(
        DatasetId id, IReadOnlyList<LfsRequestedObject> wanted, bool isUpload, CancellationToken ct)
    {
        KeyName?[] keys = [.. wanted.Select(static one => one.Oid is null ? null : KeyName.OfSha256(one.Oid, one.Size))];
        RequestedKey[] asked = [.. keys.OfType<KeyName>().Select(static key => new RequestedKey(key.Name, key.Sha256, key.Size))];
        var found = new Queue<Result<KeyContent>>((await git.Services.Repositories.KeptVersions.FindAsync(caller, id, asked, ct)).Value);
        await git.Promise.ExtendAsync(id, [.. asked.Select(static one => one.Name)], ct);
        return [.. wanted.Zip(keys, (one, key) => Answer(one, key, isUpload, found))];
    }

    private LfsObject Answer(LfsRequestedObject wanted, KeyName? key, bool isUpload, Queue<Result<KeyContent>> next)
    {
        var answer = new LfsObject(wanted.Oid ?? "", wanted.Size);
        if (key is null)
        {
            return answer with
            {
                Error = new LfsRefusal(StatusCodes.Status422UnprocessableEntity, "The oid is not a SHA-256, or the size is negative."),
            };
        }

        Result<KeyContent> found = next.Dequeue();
        if (isUpload)
        {
            // Damaged content counts as absent: a client that has it uploads it again.
            return found is { IsOk: true, Value.IsRetained: true }
                ? answer : answer with { Actions = Do(Upload, UploadFolder + key.Text) };
        }

        return found.IsOk
            ? answer with { Actions = Do("download", GitRequest.AnnexFolder + key.Text) }
            : answer with { Error = new LfsRefusal(found.Error.Code.Status, found.Error.Message) };
    }

    /// <summary>The request to make next. Clients send no credential of their own with it: it gets the one that came with this.</summary>
    private Dictionary<string, LfsAction> Do(string name, string rest)
    {
        HttpRequest request = http.Request;
        string path = request.Path.Value!;
        string repository = path[1..path.IndexOf("/" + Folder, StringComparison.Ordinal)];
        string credential = request.Headers.Authorization.ToString();
        return new Dictionary<string, LfsAction>
        {
            [name] = new(PublicAddress.For(request, git.PublicUrl, $"{repository}/{rest}"))
            {
                Header = credential.Length == 0 ? null : new Dictionary<string, string> { ["Authorization"] = credential },
            },
        };
    }
}
