using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Model.Publications;

namespace Hutch.Commands.Verbs.Publications;

/// <summary><c>hutch publication show | set | doi | withdraw</c>: how a dataset is published.</summary>
internal static class PublicationVerbs
{
    internal static Command Create(CliHost host) => new VerbGroup(
        "publication", "Describe a dataset for publication, list missing items, or withdraw it. `hutch publish` publishes it.",
        new ShowVerb(host), new SetVerb(host), new DoiVerb(host), new WithdrawVerb(host));

    /// <summary>Sets the description from a file: JSON or, by its ending or beginning, YAML, which the server reads.</summary>
    internal static async Task<PublicationInfo> PutAsync(
        CliContext context, DatasetId dataset, string? file, string text, CancellationToken cancellationToken)
    {
        if (IsJson(file, text))
        {
            return await context.Server.PutPublicationAsync(dataset, Parse(file, text), cancellationToken);
        }

        try
        {
            return await context.Server.PutPublicationAsync(dataset, Encoding.UTF8.GetBytes(text), cancellationToken);
        }
        catch (HutchException e) when (e.Error.Details?.ContainsKey("line") == true)
        {
            throw ErrorCode.InvalidBody.With(
                $"{CliContext.TextFrom(file)} is not a description of a publication: {e.Error.Message}").ToException();
        }
    }

    /// <summary>Reads the file of a description, and refuses invalid JSON before anything is done.</summary>
    internal static async Task<string> ReadAsync(CliContext context, string? file, CancellationToken cancellationToken)
    {
        string text = await context.ReadTextAsync(file, cancellationToken);
        if (IsJson(file, text))
        {
            _ = Parse(file, text);
        }

        return text;
    }

    private static bool IsJson(string? file, string text) => Path.GetExtension(file)?.ToLowerInvariant() switch
    {
        ".json" => true,
        ".yaml" or ".yml" => false,
        _ => text.TrimStart().StartsWith('{'),
    };

    private static PublicationDescription Parse(string? file, string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, HutchJson.Default.PublicationDescription)
                ?? throw ErrorCode.InvalidBody.With("The description is null; it must be a JSON object: { … }.").ToException();
        }
        catch (JsonException e)
        {
            throw ErrorCode.InvalidBody.With(
                $"{CliContext.TextFrom(file)} is not a description of a publication: line {e.LineNumber + 1}, at {e.Path ?? "$"}.")
                .ToException();
        }
    }

    /// <summary>The state of its DOI, as a sentence; null if it has none.</summary>
    internal static string? WordsOf(PublicationInfo publication) => publication.Doi is not { } doi ? null : doi.State switch
    {
        "findable" or "registered" when doi.Problem is null => $"Its DOI is {doi.Doi}: {doi.Address}",
        "draft" when doi.Problem is null && publication.State == "draft" =>
            $"The DOI {doi.Doi} is reserved; it leads nowhere before the dataset is published.",
        "draft" or "pending" when doi.Problem is null => $"The DOI {doi.Doi} is being registered; it leads to the page soon.",
        _ => $"The DOI {doi.Doi} is not up to date. {doi.Problem} It is tried again at {Time(doi.NextAttempt)}.",
    };

    private static string Time(DateTimeOffset? time) =>
        time is { } at ? Human.Minute(at) : "once";

    private static void Show(CliContext context, PublicationInfo publication, string name)
    {
        if (context.Json)
        {
            context.PrintJson(publication, HutchJson.Default.PublicationInfo);
            return;
        }

        context.Host.Out.WriteLine(publication.State switch
        {
            "published" => $"{name} is published: {publication.Page}",
            "withdrawn" => $"{name} was withdrawn: {publication.Page}",
            "draft" => $"{name} is described for publication (revision {Number(publication.Revision)}).",
            _ => $"{name} is not described for publication.",
        });
        if (WordsOf(publication) is { } doi)
        {
            context.Host.Out.WriteLine(doi);
        }

        if (publication.SeriesDoi?.Address is { } all)
        {
            context.Host.Out.WriteLine($"The DOI of all its versions is {publication.SeriesDoi.Doi}: {all}");
        }

        var table = new TextTable("FIELD", "", "CHECKLIST");
        foreach (PublicationProblem problem in publication.Checklist)
        {
            table.Add(problem.Field, problem.Required ? "required" : "better", problem.Problem);
        }

        context.Write(table, "Nothing is missing.");
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed class ShowVerb(VerbDeclaration verb)
        : Verb(
            verb, "show", "Show whether a dataset is published, and what its description lacks. With --json also the description.",
            "hutch publication show lysozyme", "hutch publication show lysozyme --json | jq .description > lysozyme.json")
    {
        private readonly Argument<string?> _dataset = verb.Add(DatasetArgument.Optional());

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
            Show(context, await context.Server.GetPublicationAsync(dataset.Id, cancellationToken), dataset.Name);
            return ExitCode.Ok;
        }
    }

    private sealed class SetVerb(VerbDeclaration verb)
        : Verb(
            verb, "set", "Set the description with which a dataset is published. Earlier ones are kept.",
            "hutch publication set lysozyme lysozyme.yaml", "hutch publication set lysozyme < lysozyme.json")
    {
        private readonly Argument<string> _dataset = verb.Add(DatasetArgument.Required());
        private readonly Argument<string?> _file = verb.Argument<string?>(
            "file", "The file with the description, JSON or YAML (default: standard input).", ArgumentArity.ZeroOrOne);

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            string? file = context.Value(_file);
            string text = await ReadAsync(context, file, cancellationToken);
            DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
            Show(context, await PutAsync(context, dataset.Id, file, text, cancellationToken), dataset.Name);
            return ExitCode.Ok;
        }
    }

    private sealed class DoiVerb(VerbDeclaration verb)
        : Verb(
            verb, "doi", "Reserve a DOI for a dataset that is described for publication, or give a published one a DOI.",
            "hutch publication doi lysozyme")
    {
        private readonly Argument<string> _dataset = verb.Add(DatasetArgument.Required());

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
            PublicationInfo given = await context.Server.GiveDoiAsync(dataset.Id, cancellationToken);
            context.Print(given, HutchJson.Default.PublicationInfo, WordsOf(given)!);
            return ExitCode.Ok;
        }
    }

    private sealed class WithdrawVerb(VerbDeclaration verb)
        : Verb(
            verb, "withdraw", "Withdraw a published dataset: its page stays and says why, and the dataset becomes private.",
            "hutch publication withdraw lysozyme --reason 'The wavelength was wrong.'")
    {
        private readonly Argument<string> _dataset = verb.Add(DatasetArgument.Required());
        private readonly Option<string> _reason = verb.Required<string>(
            "--reason TEXT", "The reason, which everyone can read.");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
            PublicationInfo withdrawn = await context.Server.WithdrawAsync(
                dataset.Id, new WithdrawPublication { Reason = context.Value(_reason)! }, cancellationToken);
            context.Print(
                withdrawn, HutchJson.Default.PublicationInfo, $"{dataset.Name} is withdrawn; {withdrawn.Page} says so.");
            return ExitCode.Ok;
        }
    }
}
