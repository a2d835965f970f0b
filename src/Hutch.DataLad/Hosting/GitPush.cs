using System.IO.Compression;
using Hutch.DataLad.Objects;
using Hutch.DataLad.Receiving;
using Hutch.DataLad.Synthesis;
using Hutch.Datasets.Registry;

namespace Hutch.DataLad.Hosting;

internal sealed class GitPush(GitContext git, HttpContext http, Caller caller)
{
    public const string Service = "git-receive-pack";

    /// <summary>The pause between two checks of a dataset that another push is creating: its name is taken first.</summary>
    private static readonly TimeSpan MakingPause = TimeSpan.FromMilliseconds(50);
    private const int MostPauses = 60;

    public async Task AdvertiseAsync(DatasetId id, CancellationToken ct)
    {
        _ = await FindMadeAsync(id, ct);
        Repository repository = await git.ReceivePack.PrepareAsync(caller, id, ct);
        await AdvertiseAsync([.. repository.Refs().Where(static one => one.Name != Repository.Head)], ct);
    }

    public async Task AnswerAsync(DatasetId id, CancellationToken ct) => await AnswerAsync(
        await FindMadeAsync(id, ct), id, (_, _) => Task.FromResult<Result<MadeDataset>>(new MadeDataset(id, IsNew: false)), ct);

    /// <summary>Either request for a dataset that is not there: it looks empty, and the push creates it.</summary>
    public async Task AnswerNewAsync(DatasetName name, CancellationToken ct)
    {
        HutchError? refusal = await git.Services.Creation.FindRefusalAsync(caller, name.Owner, ct);
        if (HttpMethods.IsPost(http.Request.Method))
        {
            await AnswerAsync(refusal, null, (bytes, files) => CreateAsync(name, bytes, files, ct), ct);
            return;
        }

        // git shows the words of this answer, and of the next one its number only.
        await (refusal is null ? AdvertiseAsync([], ct) : throw refusal.ToException());
    }

    /// <summary>Creates the dataset of a push, unless its owner has no room.</summary>
    public async Task<Result<MadeDataset>> CreateAsync(DatasetName name, long bytes, long files, CancellationToken ct)
    {
        if (await git.Services.Repositories.Repositories.CheckQuotaAsync(name.Owner.Value, bytes, files, ct) is { } tooMuch)
        {
            return tooMuch;
        }

        var wanted = new RequestedDataset { Owner = name.Owner, Slug = name.Slug };
        Result<DatasetDescription> made = await git.Services.Creation.CreateAsync(caller, wanted, ct);
        if (made.IsOk || made.Error.Code != ErrorCode.AlreadyExists)
        {
            return made.Then<MadeDataset>(static one => new MadeDataset(one.Id, IsNew: true));
        }

        // Of jobs that push at once to a new name, one makes the dataset of all.
        Result<DatasetId> other = await git.Services.Repositories.KeptVersions.ResolveAsync(caller, $"{name.Owner}/{name.Slug}", ct);
        return !other.IsOk ? made.Error
            : await FindMadeAsync(other.Value, ct) is { } refusal ? refusal
            : new MadeDataset(other.Value, IsNew: false);
    }

    /// <summary>Returns why the caller may not write to a dataset, after a wait for one that another request is making.</summary>
    private async Task<HutchError?> FindMadeAsync(DatasetId id, CancellationToken ct)
    {
        for (int pauses = 0; ; pauses++)
        {
            HutchError? refusal = (await git.Services.Repositories.Repositories.FindWritableAsync(caller, id, ct)).Error;
            if (refusal?.Code != ErrorCode.NotFound || pauses == MostPauses)
            {
                return refusal;
            }

            await Task.Delay(MakingPause, git.Time, ct);
        }
    }

    private async Task AdvertiseAsync(IReadOnlyList<(string Name, ObjectId Id)> refs, CancellationToken ct)
    {
        Begin($"application/x-{Service}-advertisement");
        ReceivePack.Advertise(http.Response.BodyWriter, refs);
        await http.Response.BodyWriter.FlushAsync(ct);
    }

    /// <summary>Refusals go inside git's own answer: of another one it shows the number only.</summary>
    private async Task AnswerAsync(
        HutchError? refusal, DatasetId? id, Func<long, long, Task<Result<MadeDataset>>> make, CancellationToken ct)
    {
        await using Stream? unpacked = http.Request.Headers.ContentEncoding.ToString() is "gzip" or "x-gzip"
            ? new GZipStream(http.Request.Body, CompressionMode.Decompress, leaveOpen: true)
            : null;
        Stream body = unpacked ?? http.Request.Body;
        PushRequest request = await PushRequest.ReadAsync(body, ct);
        Begin($"application/x-{Service}-result");
        if (request.Commands.Count == 0)
        {
            // With this empty request, git checks its access before it sends a large body.
            if (refusal is not null)
            {
                throw refusal.ToException();
            }

            return;
        }

        PushReport report;
        try
        {
            report = refusal is null
                ? await git.ReceivePack.ReceiveAsync(caller, id, make, request, body, ct)
                : PushReport.OfRefusal(request, refusal);
        }
        catch (HutchException e) when (e.InnerException is null)
        {
            report = PushReport.OfRefusal(request, e.Error);
        }
        catch (InvalidDataException)
        {
            report = PushReport.OfRefusal(request, ErrorCode.BadRequest.With("The body is not valid gzip."));
        }

        report.Write(http.Response.BodyWriter, request.Capabilities);
        await http.Response.BodyWriter.FlushAsync(ct);
    }

    private void Begin(string type)
    {
        http.Response.ContentType = type;
        http.Response.Headers.CacheControl = "no-cache";
        http.Response.Headers.XContentTypeOptions = "nosniff";
    }
}
