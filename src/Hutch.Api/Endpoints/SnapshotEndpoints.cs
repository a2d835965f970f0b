using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;
using Hutch.Datasets.Versions;

namespace Hutch.Api.Endpoints;

internal sealed class SnapshotEndpoints(SnapshotService snapshots, MoveService moves) : IEndpoints
{
    private const string Tag = "Snapshots";

    public void Add(EndpointTable table)
    {
        table.Add(Tag, "GET", "/datasets/{id}/snapshots", "List snapshots, newest first", "view").Reads()
            .Paged()
            .GivesPage(
                HutchJson.Default.PageSnapshotInfo,
                request => request.Reader.Snapshots.ListAsync(
                    request.Caller, request.Dataset, request.Number("cursor", long.MaxValue, 1), request.Limit, request.Aborted),
                SnapshotDocuments.From);
        table.Add(Tag, "POST", "/datasets/{id}/snapshots", "Take a snapshot of the head", "write; manage with a tag")
            .Writes(isFollowed: true)
            .Takes(HutchJson.Default.CreateSnapshot)
            .Gives(HutchJson.Default.SnapshotInfo, CreateAsync, SnapshotDocuments.From, StatusCodes.Status201Created);
        table.Add(Tag, "GET", "/datasets/{id}/snapshots/{ref}", "One snapshot, by number, tag or hash prefix", "view").Reads()
            .Gives(
                HutchJson.Default.SnapshotInfo,
                request => request.Reader.Snapshots.GetAsync(
                    request.Caller, request.Dataset, SnapshotRef.Parse(request.Route("ref")).Value, request.Aborted),
                SnapshotDocuments.From);
        table.Add(
            Tag, "POST", "/datasets/{id}/revert",
            "Restore the head, or some paths, to a snapshot; takes a new one, older ones stay", "write")
            .Writes(isFollowed: true)
            .Takes(HutchJson.Default.RevertDataset)
            .Gives(HutchJson.Default.SnapshotInfo, RevertAsync, SnapshotDocuments.From, StatusCodes.Status201Created);
        table.Add(
            Tag, "POST", "/datasets/{id}/move",
            "Move or rename files and folders in one change, which replaces nothing and copies no bytes; takes a snapshot", "write")
            .Writes(isFollowed: true)
            .Takes(HutchJson.Default.MoveFiles)
            .Gives(HutchJson.Default.SnapshotInfo, MoveAsync, SnapshotDocuments.From, StatusCodes.Status201Created);
        table.Add(
            Tag, "POST", "/datasets/{id}/remove",
            "Remove files and folders in one change; takes a snapshot, older ones keep them", "write")
            .Writes(isFollowed: true)
            .Takes(HutchJson.Default.RemoveFiles)
            .Gives(HutchJson.Default.SnapshotInfo, RemoveAsync, SnapshotDocuments.From, StatusCodes.Status201Created);
        table.Add(Tag, "PUT", "/datasets/{id}/tags/{tag}", "Set or move a tag to a snapshot", "manage").Writes(isFollowed: true)
            .Takes(HutchJson.Default.PutTag)
            .Gives(
                HutchJson.Default.SnapshotInfo,
                async request =>
                {
                    DatasetId id = request.Dataset;
                    PutTag put = await request.ReadAsync(HutchJson.Default.PutTag, request.Aborted);
                    return await snapshots.TagAsync(request.Caller, id, request.Route("tag"), put.Snapshot, request.Aborted);
                },
                SnapshotDocuments.From);
        table.Add(Tag, "DELETE", "/datasets/{id}/tags/{tag}", "Remove a tag", "manage").Writes(isFollowed: true)
            .GivesNothing(request => snapshots.UntagAsync(request.Caller, request.Dataset, request.Route("tag"), request.Aborted));
    }

    private async Task<Result<SnapshotDescription>> CreateAsync(ApiRequest request)
    {
        DatasetId id = request.Dataset;
        CreateSnapshot create = await request.ReadAsync(HutchJson.Default.CreateSnapshot, request.Aborted);
        return await snapshots.CreateAsync(request.Caller, id, create.Message, create.Tag, request.Aborted);
    }

    private async Task<Result<SnapshotDescription>> RevertAsync(ApiRequest request)
    {
        DatasetId id = request.Dataset;
        RevertDataset revert = await request.ReadAsync(HutchJson.Default.RevertDataset, request.Aborted);
        return await snapshots.RevertAsync(
            request.Caller, id, SnapshotRef.Parse(revert.At).Value, revert.Paths ?? [], revert.Message, request.Aborted);
    }

    private async Task<Result<SnapshotDescription>> MoveAsync(ApiRequest request)
    {
        DatasetId id = request.Dataset;
        MoveFiles move = await request.ReadAsync(HutchJson.Default.MoveFiles, request.Aborted);
        return await moves.MoveAsync(
            request.Caller, id, [.. move.Moves.Select(one => (one.From, one.To))], move.Message, request.Aborted);
    }

    private async Task<Result<SnapshotDescription>> RemoveAsync(ApiRequest request)
    {
        DatasetId id = request.Dataset;
        RemoveFiles remove = await request.ReadAsync(HutchJson.Default.RemoveFiles, request.Aborted);
        return await moves.RemoveAsync(request.Caller, id, remove.Paths, remove.Message, request.Aborted);
    }
}
