using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;
using Hutch.Datasets.Programs;

namespace Hutch.Api.Endpoints;

/// <summary>Runs that repeat others, and the signed statements about them.</summary>
internal sealed class RerunEndpoints(RerunService reruns) : IEndpoints
{
    private const string Tag = "Programs";

    public void Add(EndpointTable table)
    {
        table.Add(
            Tag, RestCalls.Programs.Rerun,
            "Start the program of a run again, with the same document, parameters and versions; the site compares the results")
            .Gives(StartAsync, RunDocuments.From, StatusCodes.Status201Created);
        table.Add(Tag, RestCalls.Programs.ListStatements, "Signed statements of sites that computed the results in a dataset again")
            .Gives(ListAsync);
        table.Add(Tag, RestCalls.Programs.FindProvenance, "Lineage of a dataset and the statements about it, as PROV-JSON of the W3C")
            .Gives(ProvenanceAsync);
        table.Add(Tag, RestCalls.Programs.AddStatement, "Add a statement that another site of the zone signed")
            .GivesNothing(AddAsync);
    }

    private async Task<Result<JsonElement>> ProvenanceAsync(ApiRequest request)
    {
        if (!(await request.Reader.DescribeAsync(request.Caller, request.Dataset, request.Aborted))
                .TryGet(out DatasetDescription? dataset, out HutchError? refusal)
            || !(await request.Reader.Runs.LineageAsync(request.Caller, request.Dataset, request.Aborted))
                .TryGet(out VisibleLineage? lineage, out refusal)
            || !(await reruns.ListAsync(request.Caller, request.Dataset, request.Aborted))
                .TryGet(out IReadOnlyList<VisibleStatement>? statements, out refusal))
        {
            return refusal;
        }

        return ProvenanceDocuments.From(
            DatasetDocuments.From(dataset), RunDocuments.From(lineage), [.. statements.Select(StatementDocuments.From)],
            page => PortalAddress.For(request, page));
    }

    private async Task<Result<VisibleRun>> StartAsync(ApiRequest request, StartRerun wanted) =>
        await reruns.StartAsync(
            request.Caller, RunEndpoints.ParseRun(request.Route("run")), wanted.Output, wanted.Restore, request.Aborted);

    private async Task<Result<Page<StatementInfo>>> ListAsync(ApiRequest request) =>
        (await reruns.ListAsync(request.Caller, request.Dataset, request.Aborted)).Then<Page<StatementInfo>>(
            static all => new Page<StatementInfo> { Items = [.. all.Select(StatementDocuments.From)] });

    private async Task<Result<Done>> AddAsync(ApiRequest request, AddStatement added) =>
        await reruns.AddAsync(request.Caller, request.Dataset, added.Document, added.Proof, request.Aborted);
}
