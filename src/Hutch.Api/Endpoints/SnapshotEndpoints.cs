using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;
using Hutch.Datasets.Repositories;
using Hutch.Datasets.Versions;

namespace Hutch.Api.Endpoints;

internal sealed class SnapshotEndpoints(SnapshotService snapshots, MoveService moves, SubdatasetService subdatasets) : IEndpoints
{
    private const string Tag = "Snapshots";
    private const int GitCommitLength = 40;

    public void Add(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Snapshots.List, "List snapshots, newest first")
            .Paged()
            .GivesPage(
                request => request.Reader.Snapshots.ListAsync(
                    request.Caller, request.Dataset, request.Number("cursor", long.MaxValue, 1), request.Limit, request.Aborted),
                SnapshotDocuments.From);
        table.Add(Tag, RestCalls.Snapshots.Create, "Take a snapshot of the head")
            .Gives(CreateAsync, SnapshotDocuments.From, StatusCodes.Status201Created);
        table.Add(Tag, RestCalls.Snapshots.Find, "One snapshot, by number, tag, hash prefix or git commit")
            .Gives(FindAsync, SnapshotDocuments.From);
        table.Add(Tag, RestCalls.Snapshots.ListSubdatasets, "List the datasets inside a snapshot, each at the commit that it names")
            .Paged()
            .AnswersHereIf(request => subdatasets.IsHereAsync(request.Dataset, request.Aborted))
            .GivesPage(
                request => subdatasets.ListAsync(
                    request.Caller, request.Dataset, SnapshotRef.Parse(request.Route("ref")).Value, request.Query("cursor"), request.Limit,
                    request.Aborted),
                SnapshotDocuments.From);
        table.Add(Tag, RestCalls.Snapshots.Revert, "Restore the head, or some paths, to a snapshot; takes a new one, older ones stay")
            .Gives(RevertAsync, SnapshotDocuments.From, StatusCodes.Status201Created);
        table.Add(
            Tag, RestCalls.Snapshots.Move,
            "Move or rename files and folders in one change, which replaces nothing and copies no bytes; takes a snapshot")
            .Gives(MoveAsync, SnapshotDocuments.From, StatusCodes.Status201Created);
        table.Add(Tag, RestCalls.Snapshots.Remove, "Remove files and folders in one change; takes a snapshot, older ones keep them")
            .Gives(RemoveAsync, SnapshotDocuments.From, StatusCodes.Status201Created);
        table.Add(Tag, RestCalls.Snapshots.PutTag, "Set or move a tag to a snapshot")
            .Gives(
                async (request, put) =>
                    await snapshots.TagAsync(request.Caller, request.Dataset, request.Route("tag"), put.Snapshot, request.Aborted),
                SnapshotDocuments.From);
        table.Add(Tag, RestCalls.Snapshots.RemoveTag, "Remove a tag")
            .GivesNothing(request => snapshots.UntagAsync(request.Caller, request.Dataset, request.Route("tag"), request.Aborted));
    }

    private async Task<Result<SnapshotDescription>> FindAsync(ApiRequest request)
    {
        string text = request.Route("ref");
        long? number = text.Length == GitCommitLength
            ? await subdatasets.FindSnapshotAsync(request.Caller, request.Dataset, text, request.Aborted)
            : null;
        SnapshotRef at = SnapshotRef.Parse(number?.ToString(CultureInfo.InvariantCulture) ?? text).Value;
        return await request.Reader.Snapshots.GetAsync(request.Caller, request.Dataset, at, request.Aborted);
    }

    private async Task<Result<SnapshotDescription>> CreateAsync(ApiRequest request, CreateSnapshot create) =>
        await snapshots.CreateAsync(request.Caller, request.Dataset, create.Message, create.Tag, request.Aborted);

    private async Task<Result<SnapshotDescription>> RevertAsync(ApiRequest request, RevertDataset revert) =>
        await snapshots.RevertAsync(
            request.Caller, request.Dataset, SnapshotRef.Parse(revert.At).Value, revert.Paths ?? [], revert.Message, request.Aborted);

    private async Task<Result<SnapshotDescription>> MoveAsync(ApiRequest request, MoveFiles move) =>
        await moves.MoveAsync(
            request.Caller, request.Dataset, [.. move.Moves.Select(one => (one.From, one.To))], move.Message, request.Aborted);

    private async Task<Result<SnapshotDescription>> RemoveAsync(ApiRequest request, RemoveFiles remove) =>
        await moves.RemoveAsync(request.Caller, request.Dataset, remove.Paths, remove.Message, request.Aborted);
}
