using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;
using Hutch.Datasets.Replication.Placement;
using Hutch.Model.Placement;
using Hutch.Zone.Replication.Placement;

namespace Hutch.Api.Endpoints;

internal sealed class RuleEndpoints(RuleService rules) : IEndpoints
{
    private const string Tag = "Rules";

    public void Add(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Rules.ListOfDataset, "The placement rules of the dataset, and the state of each")
            .Gives(request => rules.ExplainAsync(request.Caller, request.Dataset, request.Aborted), RuleDocuments.From);
        table.Add(Tag, RestCalls.Rules.AddToDataset, "Make a placement rule for the dataset; the same again changes nothing")
            .Gives(AddOfDatasetAsync, RuleDocuments.From, StatusCodes.Status201Created);
        table.Add(Tag, RestCalls.Rules.TryForDataset, "The effect of a rule for the dataset, as a dry run")
            .Gives(TryOfDatasetAsync, RuleDocuments.From);
        table.Add(Tag, RestCalls.Rules.List, "All rules of the zone")
            .Gives(request => rules.ListAsync(request.Caller, request.Aborted), RuleDocuments.From);
        table.Add(Tag, RestCalls.Rules.Add, "Make a rule for a type, an owner or all datasets; the same again changes nothing")
            .Gives(AddAsync, RuleDocuments.From, StatusCodes.Status201Created);
        table.Add(Tag, RestCalls.Rules.Try, "The effect of such a rule, as a dry run")
            .Gives(TryAsync, RuleDocuments.From);
        table.Add(Tag, RestCalls.Rules.Find, "The state of a rule for all datasets in its scope")
            .Gives(request => rules.StatusAsync(request.Caller, Number(request), request.Aborted), RuleDocuments.From);
        table.Add(Tag, RestCalls.Rules.Remove, "End a rule; copies that it chose and no other rule requires are released")
            .Gives(request => rules.RemoveAsync(request.Caller, Number(request), request.Aborted), RuleDocuments.From);
    }

    private async Task<Result<RuleRecord>> AddOfDatasetAsync(ApiRequest request, AddDatasetRule body) =>
        Read(request, body).TryGet(out RuleDraft? wanted, out HutchError? refusal) ? await AddAsync(request, wanted) : refusal;

    private async Task<Result<RuleEffect>> TryOfDatasetAsync(ApiRequest request, AddDatasetRule body) =>
        Read(request, body).TryGet(out RuleDraft? wanted, out HutchError? refusal)
            ? await rules.TryAsync(request.Caller, wanted, request.Aborted)
            : refusal;

    private async Task<Result<RuleRecord>> AddAsync(ApiRequest request, AddRule body) =>
        Read(body).TryGet(out RuleDraft? wanted, out HutchError? refusal) ? await AddAsync(request, wanted) : refusal;

    /// <summary>A rule for serving takes datasets away from sites: the answer waits until they know.</summary>
    private async Task<Result<RuleRecord>> AddAsync(ApiRequest request, RuleDraft wanted)
    {
        Result<RuleRecord> added = await rules.AddAsync(request.Caller, wanted, request.Aborted);
        if (added is { IsOk: true, Value.Rule.Kind: PlacementRuleKind.Serve })
        {
            await SiteConfirmation.ReportAsync(request);
        }

        return added;
    }

    private async Task<Result<RuleEffect>> TryAsync(ApiRequest request, AddRule body) =>
        Read(body).TryGet(out RuleDraft? wanted, out HutchError? refusal)
            ? await rules.TryAsync(request.Caller, wanted, request.Aborted)
            : refusal;

    private static Result<RuleDraft> Read(ApiRequest request, AddDatasetRule body) =>
        PlacementRule.Parse(body.Rule).Then<RuleDraft>(
            rule => new RuleDraft(rule, body.Until) { Dataset = request.Dataset });

    private static Result<RuleDraft> Read(AddRule body)
    {
        if ((body.Type is null ? 0 : 1) + (body.Owner is null ? 0 : 1) + (body.All ? 1 : 0) != 1)
        {
            return ErrorCode.BadRequest.With("A rule is about the datasets of a type, of an owner, or about all: name one of the three.");
        }

        AccountName? owner = body.Owner is { } text ? AccountName.Parse(text).Value : null;
        return PlacementRule.Parse(body.Rule).Then<RuleDraft>(
            rule => new RuleDraft(rule, body.Until) { Type = body.Type, Owner = owner });
    }

    private static long Number(ApiRequest request) =>
        long.TryParse(request.Route("rule"), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw ErrorCode.InvalidName.With(
                $"{Display.Quote(request.Route("rule"))} is not the number of a rule.").ToException();
}
