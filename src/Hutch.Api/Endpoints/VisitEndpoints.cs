using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;
using Hutch.Datasets.Replication.Placement;
using Hutch.Model.Placement;
using Hutch.Zone.Accounts;
using Hutch.Zone.Names;
using Hutch.Zone.Replication.Placement;
using Hutch.Zone.Visits;

namespace Hutch.Api.Endpoints;

internal sealed class VisitEndpoints(
    VisitService visits, VisitNotes notes, GroupService groups, DatasetNames names, RuleService rules, StorageService storage) : IEndpoints
{
    private const string Tag = "Visits";

    public void Add(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Visits.List, "The caller's visits, those that begin last first")
            .Query("all", "All visits, for administrators", "boolean")
            .Query("state", "Only `upcoming`, `running` or `ended` visits")
            .Query("proposal", "Only visits of this proposal")
            .Query("instrument", "Only visits of this instrument")
            .Gives(ListAsync);
        table.Add(Tag, RestCalls.Visits.Put, "Create a visit, or make an existing one equal to the document")
            .AwaitingSites().Gives(PutAsync);
        table.Add(Tag, RestCalls.Visits.Import, "Create or change visits by a file; a repetition changes nothing")
            .Takes(HutchMediaTypes.Yaml, "A visit document as YAML or JSON, or several as a list under `visits`")
            .AwaitingSites().Gives(ImportAsync);
        table.Add(Tag, RestCalls.Visits.Find, "One visit")
            .Gives(async request => Show(request, await visits.FindAsync(request.Caller, request.Route("visit"), request.Aborted)));
        table.Add(Tag, RestCalls.Visits.End, "End a visit now: its datasets can be read, but no longer changed")
            .AwaitingSites().Gives(
                async request =>
                    Show(request, await visits.EndAsync(request.Caller, request.Route("visit"), request.Aborted)));
        table.Add(Tag, RestCalls.Visits.PutPerson, "Add a person, or change the person's role")
            .AwaitingSites().Gives(PutPersonAsync);
        table.Add(Tag, RestCalls.Visits.RemovePerson, "Remove a person")
            .AwaitingSites().GivesNothing(async request => (await groups.RemoveMemberAsync(
                request.Caller, request.Route("visit"), request.Route("user"), request.Aborted)).Then<Done>(_ => Done.Value));
        AddNotes(table);
    }

    private void AddNotes(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Visits.ListNotes, "Notes on a visit, the oldest first").Paged()
            .Gives(ListNotesAsync);
        table.Add(Tag, RestCalls.Visits.AddNote, "Write a note, and pin a dataset to it")
            .Gives(AddNoteAsync, VisitDocuments.From, StatusCodes.Status201Created);
        table.Add(Tag, RestCalls.Visits.RemoveNote, "Remove a note while the visit has not ended")
            .GivesNothing(
                request => notes.RemoveAsync(request.Caller, request.Route("visit"), Number(request), request.Aborted).AsTask());
    }

    private async Task<Result<Page<VisitInfo>>> ListAsync(ApiRequest request)
    {
        (string? state, string? proposal, string? instrument) =
            (request.Query("state"), request.Query("proposal"), request.Query("instrument"));
        if (state is not (null or "upcoming" or "running" or "ended"))
        {
            return ErrorCode.BadRequest.With($"'state' is {Display.Quote(state)}: use upcoming, running or ended.");
        }

        return (await visits.ListAsync(request.Caller, request.Flag("all"), request.Aborted)).Then<Page<VisitInfo>>(
            all => new Page<VisitInfo>
            {
                Items =
                [
                    .. all.Select(one => VisitDocuments.From(one, request.Caller, visits.Now)).Where(one =>
                        (state is null || one.State == state) && (proposal is null || one.Proposal == proposal)
                        && (instrument is null || one.Instrument == instrument)),
                ],
            });
    }

    private async Task<Result<Page<VisitInfo>>> ImportAsync(ApiRequest request)
    {
        if (Authorizer.Authorize(request.Caller, Operation.VisitChange).Error is { } refused)
        {
            return refused;
        }

        if (!(await ReadFileAsync(request)).TryGet(out IReadOnlyList<VisitDocument>? documents, out HutchError? error))
        {
            return error;
        }

        var done = new List<VisitInfo>();
        foreach (VisitDocument document in documents)
        {
            if (!(await PutAsync(request, document)).TryGet(out VisitInfo? visit, out error))
            {
                return error with
                {
                    Message = $"{error.Message} This is about the visit {Display.Quote(document.Name)}; those before it in the file are "
                        + "done.",
                };
            }

            done.Add(visit);
        }

        return new Page<VisitInfo> { Items = done };
    }

    /// <summary>Sets everything that a document says; its rules and quota are checked before anything is changed.</summary>
    private async Task<Result<VisitInfo>> PutAsync(ApiRequest request, VisitDocument document)
    {
        var drafts = new List<RuleDraft>();
        foreach (string text in document.Rules ?? [])
        {
            if (!PlacementRule.Parse(text).TryGet(out PlacementRule? rule, out HutchError? wrong))
            {
                return wrong;
            }

            drafts.Add(new RuleDraft(rule, null));
        }

        if (document.QuotaBytes < 0)
        {
            return ErrorCode.BadRequest.With("'quotaBytes' must be 0 or more; omit it to leave the quota unchanged.");
        }

        if (StorageService.FindRefusal(document.CoreHours) is { } refusedHours)
        {
            return refusedHours;
        }

        if (!VisitDocuments.ToDraft(document).TryGet(out VisitDraft? wanted, out HutchError? error)
            || !(await visits.PutAsync(request.Caller, wanted, request.Aborted)).TryGet(out VisitDetails? put, out error))
        {
            return error;
        }

        AccountName owner = AccountName.Parse(put.Visit.Name).Value;
        if (document.Rules is not null && (await PutRulesAsync(request, owner, drafts)).Error is { } refused)
        {
            return refused;
        }

        if (document.QuotaBytes is { } quota
            && (await storage.SetAsync(request.Caller, owner.Value, quota, null, request.Aborted)).Error is { } refusedQuota)
        {
            return refusedQuota;
        }

        return document.CoreHours is { } hours
            && (await storage.SetBudgetAsync(request.Caller, owner.Value, hours, isMonthly: false, request.Aborted)).Error is { } unset
                ? unset
                : Show(request, put);
    }

    /// <summary>Adds the rules that a document names, and then ends the others of the visit that have no end of their own.</summary>
    private async Task<Result<Done>> PutRulesAsync(ApiRequest request, AccountName owner, List<RuleDraft> drafts)
    {
        var named = new HashSet<long>();
        foreach (RuleDraft draft in drafts)
        {
            if (!(await rules.AddAsync(request.Caller, draft with { Owner = owner }, request.Aborted))
                .TryGet(out RuleRecord? made, out HutchError? refused))
            {
                return refused;
            }

            named.Add(made.Number);
        }

        if (!(await rules.ListAsync(request.Caller, request.Aborted)).TryGet(out IReadOnlyList<RuleRecord>? all, out HutchError? unseen))
        {
            return unseen;
        }

        foreach (RuleRecord old in all.Where(rule => rule.Owner == owner.Value && rule.Until is null && !named.Contains(rule.Number)))
        {
            if ((await rules.RemoveAsync(request.Caller, old.Number, request.Aborted)).Error is { } refusal)
            {
                return refusal;
            }
        }

        return Done.Value;
    }

    private async Task<Result<VisitInfo>> PutPersonAsync(ApiRequest request, PutVisitPerson put) =>
        VisitDocuments.ToRole(put.Role).TryGet(out VisitRole role, out HutchError? error)
            ? Show(
                request,
                await visits.PutPersonAsync(request.Caller, request.Route("visit"), request.Route("user"), role, request.Aborted))
            : error;

    private async Task<Result<Page<VisitNoteInfo>>> ListNotesAsync(ApiRequest request)
    {
        long after = request.Number("cursor", 0, 0);
        return (await notes.ListAsync(request.Caller, request.Route("visit"), after, request.Limit, request.Aborted))
            .Then<Page<VisitNoteInfo>>(found => new Page<VisitNoteInfo>
            {
                Items = [.. found.Select(VisitDocuments.From)],
                Next = found.Count == request.Limit ? found[^1].Note.Number.ToString(CultureInfo.InvariantCulture) : null,
            });
    }

    private async Task<Result<VisitNoteDetails>> AddNoteAsync(ApiRequest request, CreateVisitNote note)
    {
        DatasetId? pinned = null;
        if (note.Dataset is { } text)
        {
            if (!DatasetRef.Parse(text).TryGet(out DatasetRef reference, out HutchError? error)
                || !(await names.ResolveAsync(request.Caller, reference, request.Aborted)).TryGet(out Access access, out error))
            {
                return error;
            }

            pinned = access.Dataset.Dataset;
            if (note.Path is { } path && await FindFileRefusalAsync(request, access.Dataset, path) is { } missing)
            {
                return missing;
            }
        }

        return await notes.AddAsync(request.Caller, request.Route("visit"), note.Text, pinned, note.Path, request.Aborted);
    }

    /// <summary>Returns the refusal of a file that the caller cannot find in a dataset, at its site; null for one that is there.</summary>
    private static async Task<HutchError?> FindFileRefusalAsync(ApiRequest request, NameRecord dataset, string path)
    {
        if (!DatasetPath.Parse(path).TryGet(out DatasetPath wanted, out HutchError? error))
        {
            return error;
        }

        if (await request.ReadFromAsync(dataset.Dataset, request.Aborted) is { } unread)
        {
            return unread;
        }

        var query = new ListQuery { Prefix = wanted.Value, Limit = 1 };
        return !(await request.Reader.Entries.ListAsync(request.Caller, dataset.Dataset, null, query, request.Aborted))
            .TryGet(out Listing? found, out error) ? error
            : found.Items is [{ } first] && first.Path == wanted.Value ? null
            : ErrorCode.NotFound.With($"{dataset.FullName} has no file {Display.Quote(path)} to pin.");
    }

    private Result<VisitInfo> Show(ApiRequest request, Result<VisitDetails> found) =>
        found.Then<VisitInfo>(details => VisitDocuments.From(details, request.Caller, visits.Now));

    /// <summary>Reads the visits of a file of limited size.</summary>
    private static async Task<Result<IReadOnlyList<VisitDocument>>> ReadFileAsync(ApiRequest request)
    {
        if (await request.TryReadAllAsync(VisitFile.MaxBytes, request.Aborted) is not { } bytes)
        {
            return ErrorCode.TooLarge.With($"The file is larger than {VisitFile.MaxBytes} bytes, the limit. Import it in parts.");
        }

        return VisitFile.Read(bytes).Then(static visits => visits.Count > VisitLimits.MaxImported
            ? ErrorCode.TooLarge.With($"The file has {visits.Count} visits; import at most {VisitLimits.MaxImported} at once.")
            : Result<IReadOnlyList<VisitDocument>>.Ok(
            [
                .. visits.Select(static (visit, i) => JsonBody.Parse(
                    new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(visit.ToJsonString())), HutchJson.Default.VisitDocument,
                    string.Create(CultureInfo.InvariantCulture, $"Visit {i + 1} of the file"))),
            ]));
    }

    private static long Number(ApiRequest request) =>
        long.TryParse(request.Route("number"), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw ErrorCode.InvalidName.With($"{Display.Quote(request.Route("number"))} is not the number of a note.").ToException();
}
