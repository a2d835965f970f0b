using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Accounts;

internal sealed class VisitCreateVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "create",
        "Create a visit, or make an existing one equal to these values (administrators).",
        "hutch visit create cm40601-2 --proposal cm40601 --instrument i04 --begin 2027-03-01 --end 2027-03-04 --pi ada")
{
    private readonly Argument<string> _visit = verb.Add(VisitVerbs.VisitName());
    private readonly Option<string> _proposal = verb.Required<string>("--proposal PROPOSAL", "The proposal.");
    private readonly Option<string?> _instrument = verb.Option<string?>("--instrument INSTRUMENT", "The instrument.");
    private readonly Option<string?> _title = verb.Option<string?>("--title TEXT", "One line of text.");
    private readonly Option<DateTimeOffset> _begin = verb.Required<DateTimeOffset>(
        "--begin TIME", "The begin, such as 2027-03-01T09:00.");
    private readonly Option<DateTimeOffset> _end = verb.Required<DateTimeOffset>(
        "--end TIME", "The end of all changes to its datasets.");
    private readonly Option<DateTimeOffset?> _embargo = verb.Option<DateTimeOffset?>(
        "--embargo TIME", "The time from which everyone may read its datasets (default: never).");
    private readonly Option<int?> _keep = verb.Option<int?>(
        "--keep-days DAYS", "The days after which new datasets expire (default: never).");
    private readonly Option<string[]> _investigators = verb.Option<string[]>("--pi USER", "A principal investigator.");
    private readonly Option<string[]> _experimenters = verb.Option<string[]>("--experimenter USER", "An experimenter.");
    private readonly Option<string[]> _contacts = verb.Option<string[]>("--local-contact USER", "A local contact.");
    private readonly Option<string[]> _creators = verb.Option<string[]>(
        "--creator USER", "The account of an instrument, which may create datasets of the visit.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var document = new VisitDocument
        {
            Name = context.Value(_visit)!,
            Title = context.Value(_title),
            Proposal = context.Value(_proposal)!,
            Instrument = context.Value(_instrument),
            Begin = context.Value(_begin),
            End = context.Value(_end),
            Embargo = context.Value(_embargo),
            KeepDays = context.Value(_keep),
            People =
            [
                .. People(context.Value(_investigators), "principal-investigator"),
                .. People(context.Value(_experimenters), "experimenter"),
                .. People(context.Value(_contacts), "local-contact"),
            ],
            Creators = context.Value(_creators),
        };
        VisitInfo visit = await context.Server.PutVisitAsync(document, cancellationToken);
        context.Print(visit, HutchJson.Default.VisitInfo, VisitVerbs.Line(visit));
        VisitVerbs.WriteLeftOut(context, visit);
        return ExitCode.Ok;
    }

    private static IEnumerable<VisitPersonInfo> People(string[]? users, string role) =>
        (users ?? []).Select(user => new VisitPersonInfo { User = user, Role = role });
}
