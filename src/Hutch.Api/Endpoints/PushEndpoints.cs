using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;
using Hutch.Datasets.Programs;
using Hutch.Datasets.Pushes;
using Hutch.Datasets.Repositories;
using Hutch.Datasets.Versions;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Write.Pushes;

namespace Hutch.Api.Endpoints;

/// <summary>Pushes: negotiate, upload, commit.</summary>
internal sealed class PushEndpoints(PushService pushes, UnreferencedUploads sent) : IEndpoints
{
    private const string Tag = "Pushes";
    private const int MaxOffered = 100_000;

    public void Add(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Pushes.Start, "Start a push")
            .Gives(StartAsync, PushDocuments.From, StatusCodes.Status201Created);
        table.Add(Tag, RestCalls.Pushes.Find, "State of a push")
            .Gives(request => pushes.GetAsync(request.Caller, request.Route("sid"), request.Aborted), PushDocuments.From);
        table.Add(Tag, RestCalls.Pushes.Abandon, "Abandon a push")
            .GivesNothing(request => pushes.AbortAsync(request.Caller, request.Route("sid"), request.Aborted));
        table.Add(Tag, RestCalls.Pushes.Negotiate, "Which of these blobs must be uploaded")
            .Takes(HutchMediaTypes.Lines, $"What the client has, at most {MaxOffered} lines", HutchJson.Default.OfferedBlob)
            .AnsweringLines("The hashes to upload, as JSON strings")
            .Does(NegotiateAsync);
        table.Add(Tag, RestCalls.Pushes.UploadMany, "Upload many files as one tar stream; durable once answered")
            .Takes(
                HutchMediaTypes.Tar, "Members `blobs/SHA-256`; each is verified, and what came whole is kept when the connection breaks")
            .Gives(UploadManyAsync);
        table.Add(Tag, RestCalls.Pushes.Append, "Upload the next bytes of a large file")
            .Query("size", "Size of the whole file", "integer").Header(HutchHeaders.UploadOffset, "Where the body begins in the file")
            .Header(HutchHeaders.ContentDigest, "`sha-256=:BASE64:` of this body; checked when it is there")
            .Takes("application/octet-stream", "Bytes; the body may end anywhere")
            .Answering(
                StatusCodes.Status204NoContent, null,
                $"`{HutchHeaders.UploadOffset}`: bytes that are durable; `{HutchHeaders.ReprDigest}` when complete")
            .Does(AppendAsync);
        table.Add(Tag, RestCalls.Pushes.FindUpload, "Progress of the upload of a large file")
            .Answering(
                StatusCodes.Status204NoContent, null, $"`{HutchHeaders.UploadOffset}`, and `{HutchHeaders.ReprDigest}` when complete")
            .Does(async request => await AnswerAsync(
                request, await pushes
                    .UploadStateAsync(request.Caller, request.Route("sid"), UploadKey.Parse(request.Route("key")).Value, request.Aborted)));
        table.Add(Tag, RestCalls.Pushes.Commit, "Commit all changes atomically")
            .Takes(
                HutchMediaTypes.Lines, "First a line with message, base and the number of changes, then one change per line",
                HutchJson.Default.CommitChange)
            .Gives(CommitAsync, SnapshotDocuments.From);
        table.Add(
            Tag, RestCalls.Pushes.ListUnreferenced,
            "Unreferenced uploads: pushes in progress, and content of git-annex and git-lfs that no commit names")
            .Paged()
            .GivesPage(
                request => sent.ListAsync(
                    request.Caller, request.Dataset, request.Query("cursor") ?? "", request.Limit, request.Aborted),
                PushDocuments.From);
        table.Add(Tag, RestCalls.Pushes.EndUnreferenced, "End a push of any user, or delete content that no commit names")
            .GivesNothing(request => sent.EndAsync(
                request.Caller, request.Dataset, request.Route("sent"), request.Aborted));
    }

    private async Task<Result<SiteSession>> StartAsync(ApiRequest request, StartPush start)
    {
        DatasetId id = request.Dataset;
        Result<SiteSession> session = await pushes.StartAsync(request.Caller, id, start.Base, request.Aborted);
        if (session.IsOk)
        {
            request.Http.Response.Headers.Location = "/" + RestCalls.Pushes.Find.At(session.Value.Id.ToString("N")).Path;
        }

        return session;
    }

    private async Task NegotiateAsync(ApiRequest request)
    {
        Result<SiteSession> session = await pushes.GetAsync(request.Caller, request.Route("sid"), request.Aborted);
        if (!session.IsOk)
        {
            await Problems.WriteAsync(request.Http, session.Error, request.Aborted);
            return;
        }

        var offered = new HashSet<BlobHash>();
        await foreach (OfferedBlob blob in LineBody.ReadAsync(
            request.Body, HutchJson.Default.OfferedBlob, request.Api.Options.Limits.MaxLineBytes, request.Aborted))
        {
            offered.Add(blob.Hash);
            if (offered.Count > MaxOffered)
            {
                throw ErrorCode.TooLarge.With(
                    $"A request can have at most {MaxOffered} hashes; send the rest in another request.").ToException();
            }
        }

        Result<IReadOnlyList<BlobHash>> missing = await pushes.NegotiateAsync(
            request.Caller, request.Route("sid"), offered, request.Aborted);
        if (!missing.IsOk)
        {
            await Problems.WriteAsync(request.Http, missing.Error, request.Aborted);
            return;
        }

        await LineAnswer.SendAsync(request.Http, async lines =>
        {
            foreach (BlobHash hash in missing.Value)
            {
                await lines.WriteAsync(hash, HutchJson.Default.BlobHash, request.Aborted);
            }

            lines.End();
        });
    }

    private async Task<Result<UploadReceipt>> UploadManyAsync(ApiRequest request)
    {
        Result<BlobReceiver> opened = await pushes.ReceiveAsync(request.Caller, request.Route("sid"), request.Aborted);
        if (!opened.IsOk)
        {
            return opened.Error;
        }

        await using BlobReceiver receiver = opened.Value;
        Result<Done> read = await new TarUpload(request.Body, receiver).RunAsync(request.Aborted);
        Result<Done> stored = await receiver.CompleteAsync(request.Aborted);
        return read.Error ?? stored.Error ?? (Result<UploadReceipt>)new UploadReceipt { Received = receiver.Count, Bytes = receiver.Bytes };
    }

    private async Task AppendAsync(ApiRequest request)
    {
        UploadKey key = UploadKey.Parse(request.Route("key")).Value;
        long size = request.Number("size", -1, 0);
        if (size < 0
            || !long.TryParse(request.Header(HutchHeaders.UploadOffset), NumberStyles.None, CultureInfo.InvariantCulture, out long offset))
        {
            throw ErrorCode.BadRequest.With(
                $"'size', the size of the whole file, and the header {HutchHeaders.UploadOffset} are required.")
                .ToException();
        }

        BlobHash? digest = Digests.Read(HutchHeaders.ContentDigest, request.Header(HutchHeaders.ContentDigest));
        await AnswerAsync(
            request, await pushes.UploadAsync(
                request.Caller, request.Route("sid"), key, size, offset, request.Body, digest, request.Aborted));
    }

    private static async Task AnswerAsync(ApiRequest request, Result<UploadState> state)
    {
        if (!state.TryGet(out UploadState? reached, out HutchError? refusal))
        {
            await Problems.WriteAsync(request.Http, refusal, request.Aborted);
            return;
        }

        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
        request.Http.Response.Headers[HutchHeaders.UploadOffset] = reached.Offset.ToString(CultureInfo.InvariantCulture);
        if (reached.Hash is { } hash)
        {
            request.Http.Response.Headers[HutchHeaders.ReprDigest] = Digests.Write(hash);
        }
    }

    private async Task<Result<SnapshotDescription>> CommitAsync(ApiRequest request)
    {
        // A caller without the right to this push is refused before a byte of its changes is read.
        Result<SiteSession> session = await pushes.GetAsync(request.Caller, request.Route("sid"), request.Aborted);
        if (!session.IsOk)
        {
            return session.Error;
        }

        await using var body = new CommitBody(request.Body, request.Api.Options.Limits);
        Result<CommitHeader> header = await body.ReadHeaderAsync(request.Aborted);
        if (!header.IsOk)
        {
            return header.Error;
        }

        if (header.Value.Part is not null)
        {
            return ErrorCode.BadRequest.With("The files of a part of a run are committed with `POST /sessions/{sid}/part`.");
        }

        AttemptEnd? end = header.Value.Attempt is { } given ? ProgramDocuments.Read(default, given) : null;
        return await pushes.CommitAsync(
            request.Caller, request.Route("sid"), header.Value.Base, body.ReadPortionsAsync(header.Value, request.Aborted),
            header.Value.Message, AttemptService.EndOf(request.Caller, end), request.Aborted);
    }
}
