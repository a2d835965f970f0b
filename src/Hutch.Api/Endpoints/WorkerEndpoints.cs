using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;
using Hutch.Processing.Dispatch;
using Hutch.Processing.Runs;
using Hutch.Site.Write.Blobs;

namespace Hutch.Api.Endpoints;

/// <summary>Work for workers on other machines: leases of frames, the data for them, and their rows.</summary>
internal sealed class WorkerEndpoints(WorkerService work) : IEndpoints
{
    private const string Tag = "Work";

    public void Add(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Work.Lease, "Take frames of a run to analyse; waits until there are some")
            .Answering(StatusCodes.Status200OK, "The frames; neither they nor `over` when there were none in time")
            .Does(TakeAsync);
        table.Add(Tag, RestCalls.Work.Leave, "Report that a worker ends: its frames go to others, and it is removed from the list")
            .GivesNothing((request, leaving) => Task.FromResult(work.Leave(request.Caller, leaving.Worker)));
        table.Add(Tag, RestCalls.Work.Extend, "Extend leases; call it three times in the life of one")
            .Gives(ExtendAsync);
        table.Add(Tag, RestCalls.Work.ReadFrame, "The stored bytes of a frame of a lease")
            .Answering(StatusCodes.Status200OK, "application/octet-stream", "The bytes")
            .Does(request => SendAsync(request, (caller, lease, ct) => work.OpenFrameAsync(caller, lease, Frame(request), ct)));
        table.Add(Tag, RestCalls.Work.ReadEntry, "An entry next to the frames of a lease, such as `header`")
            .Answering(StatusCodes.Status200OK, "application/octet-stream", "The bytes")
            .Does(request => SendAsync(
                request, (caller, lease, ct) => work.OpenEntryAsync(caller, lease, request.Route("path"), ct)));
        table.Add(Tag, RestCalls.Work.PutFile, "Store a file made from a leased frame next to the rows, such as `previews/000001.png`")
            .Takes(FileTypes.Anything, $"The bytes, at most {RunOutputs.MaxFileBytes}; `Content-Type` says what they are")
            .GivesNothing(request => work.PutFileAsync(
                request.Caller, Lease(request), request.Route("path"), request.Header("Content-Type") ?? FileTypes.Anything,
                request.Body, request.Http.Request.ContentLength, request.Aborted));
        table.Add(
            Tag, RestCalls.Work.GiveRows,
            "Send result rows of leased frames; they are durable with the answer. A frame that has a row keeps it")
            .GivesNothing(async (request, given) => await work.GiveAsync(request.Caller, Lease(request), given.Rows, request.Aborted));
        table.Add(Tag, RestCalls.Work.Return, "Return the frames of a lease without a row, for other workers")
            .GivesNothing(request => Task.FromResult(work.Return(request.Caller, Lease(request))));
        table.Add(Tag, RestCalls.Work.Refuse, "End the run of a lease as failed: no frame of it can be analysed")
            .GivesNothing((request, refused) => Task.FromResult(work.FailRun(request.Caller, Lease(request), refused.Message)));
    }

    private async Task TakeAsync(ApiRequest request, TakeWork wanted)
    {
        Result<FrameLeaseAnswer> taken = default(FrameLeaseAnswer);
        bool isWhole = await LiveAnswer.WriteAsync(
            request, async ct => taken = await work.LeaseAsync(request.Caller, WorkerDocuments.Read(wanted), ct));
        if (taken is { IsOk: true, Value.Lease: { } lease } && (!isWhole || request.Aborted.IsCancellationRequested))
        {
            work.Return(request.Caller, lease);
            taken = default(FrameLeaseAnswer);
        }

        try
        {
            await JsonAnswer.SendAsync(
                request, taken.Then<TakenFrames>(given => WorkerDocuments.From(given)), HutchJson.Default.TakenFrames,
                StatusCodes.Status200OK);
        }
        catch when (taken is { IsOk: true, Value.Lease: not null })
        {
            // The worker does not know that it has them.
            work.Return(request.Caller, taken.Value.Lease!);
            throw;
        }
    }

    private Task<Result<LostLeases>> ExtendAsync(ApiRequest request, ExtendLeases extended) => Task.FromResult(
        work.Extend(request.Caller, [.. extended.Leases.Select(WorkerDocuments.ReadId)])
            .Then<LostLeases>(lost => WorkerDocuments.From(lost)));

    private static async Task SendAsync(
        ApiRequest request, Func<Zone.Authorization.Caller, Guid, CancellationToken, Task<Result<BlobContent>>> open)
    {
        Result<BlobContent> opened = await open(request.Caller, Lease(request), request.Aborted);
        if (!opened.TryGet(out BlobContent? content, out HutchError? refusal))
        {
            await Problems.WriteAsync(request.Http, refusal, request.Aborted);
            return;
        }

        HttpResponse response = request.Http.Response;
        response.ContentType = "application/octet-stream";
        response.Headers.CacheControl = "no-store";
        response.ContentLength = content.Size;
        await content.CopyToAsync(response.BodyWriter, 0, content.Size, request.Aborted);
    }

    private static Guid Lease(ApiRequest request) => WorkerDocuments.ReadId(request.Route("lease"));

    private static int Frame(ApiRequest request) =>
        int.TryParse(request.Route("frame"), NumberStyles.None, CultureInfo.InvariantCulture, out int frame)
            ? frame
            : throw ErrorCode.BadRequest.With($"{Display.Quote(request.Route("frame"))} is not the number of a frame.").ToException();
}
