using System.Text.Json.Nodes;
using Hutch.Client.Configuration;
using Hutch.Client.Deposits;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Model.Publications;

namespace Hutch.Commands.Verbs.Publications;

/// <summary><c>hutch deposit</c>: a published dataset becomes a record of a repository of InvenioRDM.</summary>
internal sealed class DepositVerb(VerbDeclaration verb)
    : Verb(
        verb.With(Confirmation.Yes),
        "deposit",
        "Copy a published dataset into a repository such as Zenodo (InvenioRDM). The record stays a draft without --publish. An "
        + "interrupted deposit continues with the next file; that of a later version becomes a new version there. The token for the "
        + "repository is read from standard input, and is not stored.",
        "hutch deposit https://zenodo.org lysozyme < zenodo-token",
        "hutch deposit https://zenodo.org lysozyme --tar --publish --doi there < zenodo-token",
        "hutch deposit https://zenodo.org --check < zenodo-token")
{
    private const string Here = "here";
    private const string There = "there";
    private const string Identical = "IsIdenticalTo";

    private readonly Argument<string> _repository = verb.Argument<string>("repository", "The address of the repository.");
    private readonly Argument<string?> _dataset = verb.Argument<string?>(
        "dataset", "The published dataset; left out with --check.", ArgumentArity.ZeroOrOne);
    private readonly Option<bool> _tar = verb.Option<bool>("--tar", "Deposit each folder at the top as one TAR.");
    private readonly Option<string?> _doi = verb.Option<string?>(
        "--doi WHERE", "The DOI by which the record is cited: 'here' (the default if the dataset has one) or 'there', of the repository.");
    private readonly Option<bool> _publish = verb.Option<bool>("--publish", "Publish the record. This cannot be undone.");
    private readonly Option<int?> _maxFiles = verb.Option<int?>(
        "--max-files N", "The most files of a record (default: 100, as at Zenodo).");
    private readonly Option<long?> _maxBytes = verb.Option<long?>(
        "--max-bytes N", "The most bytes of a record (default: 50000000000, as at Zenodo).");
    private readonly Option<bool> _check = verb.Option<bool>("--check", "Only make an empty draft there, and delete it.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        Uri address = RemoteAddress.Parse(context.Value(_repository)!).Value;
        if (context.Value(_check))
        {
            return await CheckAsync(context, address, cancellationToken);
        }

        DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
        PublicationInfo publication = await context.Server.GetPublicationAsync(dataset.Id, cancellationToken);
        bool citesOurDoi = CitesOurDoi(context, dataset, publication);
        DepositPlan plan = await PlanAsync(context, publication, cancellationToken);
        await ConfirmAsync(context, dataset, plan, address, cancellationToken);

        using var repository = new InvenioService(address, await ReadTokenAsync(context, address, cancellationToken));
        JsonObject description = InvenioMetadata.Write(
            publication, citesOurDoi,
            dataset.PublicAfter is { } opens && opens > context.Host.Time.GetUtcNow() ? opens : null,
            dataset.Visibility != "public");
        DepositState state = DepositState.Load(context.Host.Environment, address, publication.Series ?? publication.Dataset);
        InvenioRecord record = await new Depositor(context.Server, repository, state, context.Progress)
            .FillAsync(publication, plan, description, cancellationToken);
        context.Progress.Dispose();
        return await EndAsync(context, repository, publication, record, cancellationToken);
    }

    private static async Task<int> CheckAsync(CliContext context, Uri address, CancellationToken ct)
    {
        using var repository = new InvenioService(address, await ReadTokenAsync(context, address, ct));
        InvenioRecord draft = await repository.CreateDraftAsync(
            new JsonObject { ["metadata"] = new JsonObject { ["title"] = "A check of Hutch, deleted at once" } }, ct);
        await repository.DeleteDraftAsync(draft.Id, ct);
        context.WriteDone($"{address.Host} made and deleted the draft {draft.Id}.");
        return ExitCode.Ok;
    }

    private static async Task<string> ReadTokenAsync(CliContext context, Uri address, CancellationToken ct) =>
        await SecretInput.ReadAsync(context.Host, $"Token of {address.Host}", ct)
            ?? throw ErrorCode.BadRequest.With($"There is no token of {address.Host} on standard input.").ToException();

    private bool CitesOurDoi(CliContext context, DatasetInfo dataset, PublicationInfo publication)
    {
        if (publication.State != "published")
        {
            throw (ErrorCode.Unprocessable with { Advice = $"Publish it first: `hutch publish {dataset.Name}`." })
                .With($"{dataset.Name} is not published.").ToException();
        }

        return context.Value(_doi) switch
        {
            null => publication.Doi is not null,
            There => false,
            Here when publication.Doi is not null => true,
            Here => throw ErrorCode.Unprocessable.With($"{dataset.Name} has no DOI here: use --doi there.").ToException(),
            var other => throw ErrorCode.BadRequest.With($"'--doi' is {Display.Quote(other)}: use here or there.").ToException(),
        };
    }

    private async Task<DepositPlan> PlanAsync(CliContext context, PublicationInfo publication, CancellationToken ct)
    {
        var limits = new DepositLimits();
        limits = new DepositLimits(context.Value(_maxFiles) ?? limits.Files, context.Value(_maxBytes) ?? limits.Bytes);
        var entries = new List<EntryInfo>();
        using FixedListing<EntryInfo> listing = await context.Server.ListFilesAsync(
            publication.Dataset, publication.Snapshot!.Value.ToString(CultureInfo.InvariantCulture), null, ct);
        await foreach (EntryInfo entry in listing.Lines)
        {
            entries.Add(entry);
        }

        return DepositPlan.Make(entries, context.Value(_tar), limits).Value;
    }

    private static Task ConfirmAsync(CliContext context, DatasetInfo dataset, DepositPlan plan, Uri address, CancellationToken ct)
    {
        context.WriteNote("The record gets the files and the public description. Metadata, history and rights stay here.");
        foreach (string left in plan.LeftOut)
        {
            context.WriteNote("Left out: " + left);
        }

        string size = $"{Human.Count(plan.Files.Count, "file")}, {Display.Bytes(plan.Bytes)}";
        return Confirmation.RequireAsync(context, $"Deposit {dataset.Name} ({size}) at {address.Host}", ct);
    }

    private async Task<int> EndAsync(
        CliContext context, InvenioService repository, PublicationInfo publication, InvenioRecord record, CancellationToken ct)
    {
        foreach (string problem in record.Problems)
        {
            context.WriteNote("To correct there: " + problem);
        }

        if (!record.IsPublished && context.Value(_publish))
        {
            if (record.Problems.Count > 0)
            {
                throw (ErrorCode.Unprocessable with { Advice = $"Correct it at {record.Page}, and publish it there." })
                    .With("The draft has all files, but is not complete.").ToException();
            }

            await Confirmation.RequireAsync(context, $"Publish the record {record.Id} for good", ct);
            record = await repository.PublishAsync(record.Id, ct);
        }

        if (record is { IsPublished: true, Doi: { } doi } && doi != publication.Doi?.Doi)
        {
            await RelateAsync(context, publication, doi, ct);
        }

        context.WriteDone(
            $"{record.Page ?? record.Id} is {(record.IsPublished ? "published" : "a draft with all files")}"
            + (record.Doi is null ? "." : $": {record.Doi}"));
        return ExitCode.Ok;
    }

    /// <summary>Names the DOI of the record in the publication here.</summary>
    private static async Task RelateAsync(CliContext context, PublicationInfo publication, string doi, CancellationToken ct)
    {
        PublicationDescription description = publication.Description;
        if (description.Related.Any(one => one.Identifier == doi))
        {
            return;
        }

        await context.Server.PutPublicationAsync(
            publication.Dataset,
            description with { Related = [.. description.Related, new RelatedWork { Identifier = doi, Relation = Identical }] },
            ct);
    }
}
