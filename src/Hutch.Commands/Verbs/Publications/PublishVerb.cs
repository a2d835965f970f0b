using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Publications;

internal sealed class PublishVerb(VerbDeclaration verb)
    : Verb(
        verb.With(Confirmation.Yes),
        "publish",
        "Publish a closed dataset under a public page, by which it is cited. This cannot be undone, only withdrawn.",
        "hutch publish lysozyme --description lysozyme.json",
        "hutch publish lysozyme --embargo 2027-01-01",
        "hutch publish lysozyme-2 --new-version-of lysozyme")
{
    private readonly Argument<string> _dataset = verb.Add(DatasetArgument.Required());
    private readonly Option<string?> _description = verb.Option<string?>(
        "--description FILE", "First set the description from this JSON or YAML file, as `hutch publication set` does.");
    private readonly Option<DateTimeOffset?> _embargo = verb.Option<DateTimeOffset?>(
        "--embargo DATE", "Keep the files private until this date, such as 2027-01-01; the page is public at once.");
    private readonly Option<bool> _restricted = verb.Option<bool>(
        "--restricted", "Do not make the dataset public: its readers stay the same.");
    private readonly Option<string?> _newVersionOf = verb.Option<string?>(
        "--new-version-of DATASET", "The published dataset that this one replaces with a new version.");
    private readonly Option<bool> _doi = verb.Option<bool>(
        "--doi", "Fail when this server gives no DOIs; where it does, a DOI is given anyway.");
    private readonly Option<bool> _noDoi = verb.Option<bool>("--no-doi", "Give it no DOI, although this server gives them.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        (DateTimeOffset? embargo, bool isRestricted) = (context.Value(_embargo), context.Value(_restricted));
        if (embargo is not null && isRestricted)
        {
            throw ErrorCode.BadRequest.With("Use --embargo or --restricted, not both.").ToException();
        }

        (bool isDoiWanted, bool isDoiRefused) = (context.Value(_doi), context.Value(_noDoi));
        if (isDoiWanted && isDoiRefused)
        {
            throw ErrorCode.BadRequest.With("Use --doi or --no-doi, not both.").ToException();
        }

        DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
        ServerInfo server = await context.Server.GetServerAsync(cancellationToken);
        if (server.PublicUrl is null && context.Server.Remote.IsLoopback && !context.Value(Confirmation.Yes))
        {
            throw (ErrorCode.Unprocessable with
            {
                Advice = "Ask its operator to set 'server.publicUrl'. To try it out nevertheless: --yes.",
            }).With($"The page would have the address {context.Server.Remote}, which works on this machine only.").ToException();
        }

        string size = $"{Human.Count(dataset.Files, "file")}, {Display.Bytes(dataset.Bytes)}";
        context.WriteNote("The page of a publication stays for good, even if it is withdrawn.");
        await Confirmation.RequireAsync(context, $"Publish {dataset.Name} ({size})", cancellationToken);
        if (context.Value(_description) is { } file)
        {
            string text = await PublicationVerbs.ReadAsync(context, file, cancellationToken);
            await PublicationVerbs.PutAsync(context, dataset.Id, file, text, cancellationToken);
        }

        var wanted = new PublishDataset
        {
            Access = embargo is not null ? "embargoed" : isRestricted ? "restricted" : "open",
            Until = embargo,
            NewVersionOf = context.Value(_newVersionOf),
            Doi = isDoiWanted ? true : isDoiRefused ? false : null,
        };
        PublicationInfo published = await context.Server.PublishAsync(dataset.Id, wanted, cancellationToken);
        context.Print(published, HutchJson.Default.PublicationInfo, $"{dataset.Name} is published: {published.Page}");
        if (!context.Json && PublicationVerbs.WordsOf(published) is { } doi)
        {
            context.Host.Out.WriteLine(doi);
        }

        return ExitCode.Ok;
    }
}
