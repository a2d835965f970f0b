using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Accounts;

internal sealed class VisitCreateVerb : Verb
{
    private readonly Argument<string> _visit = VisitVerbs.VisitName();

    private readonly Option<string> _proposal = new("--proposal") { Description = "The proposal.", HelpName = "PROPOSAL", Required = true };

    private readonly Option<string?> _instrument = new("--instrument") { Description = "The instrument.", HelpName = "INSTRUMENT" };

    private readonly Option<string?> _title = new("--title") { Description = "One line of text.", HelpName = "TEXT" };

    private readonly Option<DateTimeOffset> _begin = new("--begin")
    {
        Description = "The begin, such as 2027-03-01T09:00.",
        HelpName = "TIME",
        Required = true,
    };

    private readonly Option<DateTimeOffset> _end = new("--end")
    {
        Description = "The end of all changes to its datasets.",
        HelpName = "TIME",
        Required = true,
    };

    private readonly Option<DateTimeOffset?> _embargo = new("--embargo")
    {
        Description = "The time from which everyone may read its datasets (default: never).",
        HelpName = "TIME",
    };

    private readonly Option<int?> _keep = new("--keep-days")
    {
        Description = "The days after which new datasets expire (default: never).",
        HelpName = "DAYS",
    };

    private readonly Option<string[]> _investigators = new("--pi") { Description = "A principal investigator.", HelpName = "USER" };

    private readonly Option<string[]> _experimenters = new("--experimenter") { Description = "An experimenter.", HelpName = "USER" };

    private readonly Option<string[]> _contacts = new("--local-contact") { Description = "A local contact.", HelpName = "USER" };

    private readonly Option<string[]> _creators = new("--creator")
    {
        Description = "The account of an instrument, which may create datasets of the visit.",
        HelpName = "USER",
    };

    internal VisitCreateVerb(CliHost host)
        : base(
            host,
            "create",
            "Create a visit, or make an existing one equal to these values (administrators).",
            "hutch visit create cm40601-2 --proposal cm40601 --instrument i04 --begin 2027-03-01 --end 2027-03-04 --pi ada")
    {
        Add(_visit);
        Option[] options =
        [
            _proposal, _instrument, _title, _begin, _end, _embargo, _keep, _investigators, _experimenters, _contacts, _creators,
        ];
        foreach (Option option in options)
        {
            Add(option);
        }
    }

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
