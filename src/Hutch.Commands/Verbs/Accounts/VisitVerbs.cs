using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Accounts;

/// <summary><c>hutch visit create | import | list | show | add | remove | end | note | notes</c>.</summary>
internal static class VisitVerbs
{
    internal static Command Create(CliHost host) => new VerbGroup(
        "visit",
        "Manage visits: groups with dates, whose people write until the end.",
        new VisitCreateVerb(host),
        new ImportVerb(host),
        new ListVisitsVerb(host),
        new ShowVerb(host),
        new AddVerb(host),
        new RemoveVerb(host),
        new EndVerb(host),
        new VisitNoteVerb(host),
        new NotesVerb(host));

    internal static Argument<string> VisitName() => new("visit") { Description = "The name of the visit." };

    internal static string Line(VisitInfo visit) =>
        $"{visit.Name}: {visit.State}, {Human.Minute(visit.Begin)} to {Human.Minute(visit.End)}, proposal {visit.Proposal}"
        + (visit.Instrument is { } instrument ? $", {instrument}" : "");

    internal static void WriteLeftOut(CliContext context, VisitInfo visit)
    {
        foreach (string note in visit.Notes ?? [])
        {
            context.WriteNote($"{visit.Name}: {note}");
        }
    }

    private static Argument<string> UserName() => new("user") { Description = "The username." };

    private sealed class ImportVerb : Verb
    {
        private readonly Argument<string> _file = new("file")
        {
            Description = "A YAML or JSON file with a visit, or a list under 'visits'.",
        };

        internal ImportVerb(CliHost host)
            : base(
                host,
                "import",
                "Create or change visits by a file (administrators). A repetition changes nothing.",
                "hutch visit import visits.yaml") => Add(_file);

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            Page<VisitInfo> visits = await context.Server.ImportVisitsAsync(context.ReadFile(context.Value(_file)!), cancellationToken);
            foreach (VisitInfo visit in visits.Items)
            {
                context.Print(visit, HutchJson.Default.VisitInfo, Line(visit));
                WriteLeftOut(context, visit);
            }

            return ExitCode.Ok;
        }
    }

    private sealed class ListVisitsVerb : Verb
    {
        private readonly Option<bool> _all = new("--all") { Description = "List all visits, not only yours (administrators)." };

        private readonly Option<string?> _state = new("--state")
        {
            Description = "Only upcoming, running or ended visits.",
            HelpName = "STATE",
        };

        private readonly Option<string?> _proposal = new("--proposal")
        {
            Description = "Only visits of this proposal.",
            HelpName = "PROPOSAL",
        };

        private readonly Option<string?> _instrument = new("--instrument")
        {
            Description = "Only visits of this instrument.",
            HelpName = "INSTRUMENT",
        };

        internal ListVisitsVerb(CliHost host)
            : base(host, "list", "List your visits, those that begin last first.", "hutch visit list --state running")
        {
            Add(_all);
            Add(_state);
            Add(_proposal);
            Add(_instrument);
        }

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            var table = new TextTable("NAME", "STATE", "BEGIN", "END", "PROPOSAL", "INSTRUMENT", "PEOPLE");
            await context.AddAsync(
                table,
                context.Server.ListVisitsAsync(
                    context.Value(_all), context.Value(_state), context.Value(_proposal), context.Value(_instrument), cancellationToken),
                HutchJson.Default.VisitInfo,
                visit =>
                [
                    visit.Name, visit.State, Human.Minute(visit.Begin), Human.Minute(visit.End), visit.Proposal, visit.Instrument ?? "",
                    Human.Count(visit.People.Count),
                ]);
            context.Write(table, "You have no visits.");
            return ExitCode.Ok;
        }
    }

    private sealed class ShowVerb : Verb
    {
        private readonly Argument<string> _visit = VisitName();

        internal ShowVerb(CliHost host)
            : base(host, "show", "Show a visit: dates, people, samples.", "hutch visit show cm40601-2") => Add(_visit);

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            VisitInfo visit = await context.Server.GetVisitAsync(context.Value(_visit)!, cancellationToken);
            string[] lines =
            [
                Line(visit),
                .. visit.Title is { } title ? [title] : Array.Empty<string>(),
                visit.Embargo is { } embargo
                    ? $"Everyone may read its datasets from {Human.Minute(embargo)}."
                    : "Its datasets stay private.",
                .. visit.KeepDays is { } days ? [$"Its datasets expire {days} days after their creation."] : Array.Empty<string>(),
                .. visit.People.Select(static person => $"  {person.User}: {person.Role}"),
                .. visit.Samples.Select(static sample =>
                    $"  sample {sample.Name}{(sample.Description is { } text ? ": " + text : "")}"),
            ];
            context.Print(visit, HutchJson.Default.VisitInfo, string.Join('\n', lines));
            return ExitCode.Ok;
        }
    }

    private sealed class AddVerb : Verb
    {
        private readonly Argument<string> _visit = VisitName();

        private readonly Argument<string> _user = UserName();

        private readonly Option<string?> _role = new("--role")
        {
            Description = "principal-investigator, experimenter (default) or local-contact.",
            HelpName = "ROLE",
        };

        internal AddVerb(CliHost host)
            : base(host, "add", "Add a person to a visit, or change the role.", "hutch visit add cm40601-2 bob --role local-contact")
        {
            Add(_visit);
            Add(_user);
            Add(_role);
        }

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            (string visit, string user) = (context.Value(_visit)!, context.Value(_user)!);
            var person = new PutVisitPerson { Role = context.Value(_role) };
            VisitInfo changed = await context.Server.PutVisitPersonAsync(visit, user, person, cancellationToken);
            context.Print(changed, HutchJson.Default.VisitInfo, $"{user} is {person.Role ?? "experimenter"} of {visit}.");
            return ExitCode.Ok;
        }
    }

    private sealed class RemoveVerb : Verb
    {
        private readonly Argument<string> _visit = VisitName();

        private readonly Argument<string> _user = UserName();

        internal RemoveVerb(CliHost host)
            : base(host, "remove", "Remove a person from a visit.", "hutch visit remove cm40601-2 bob")
        {
            Add(_visit);
            Add(_user);
        }

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            (string visit, string user) = (context.Value(_visit)!, context.Value(_user)!);
            await context.Server.DeleteVisitPersonAsync(visit, user, cancellationToken);
            context.WriteDone($"Removed {user} from {visit}.");
            return ExitCode.Ok;
        }
    }

    private sealed class EndVerb : Verb
    {
        private readonly Argument<string> _visit = VisitName();

        internal EndVerb(CliHost host)
            : base(
                host,
                "end",
                "End a visit now. Its people can read its datasets, but no longer change them; only an administrator can undo it.",
                "hutch visit end cm40601-2") => Add(_visit);

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            VisitInfo visit = await context.Server.EndVisitAsync(context.Value(_visit)!, cancellationToken);
            context.Print(visit, HutchJson.Default.VisitInfo, Line(visit));
            return ExitCode.Ok;
        }
    }

    private sealed class NotesVerb : Verb
    {
        private readonly Argument<string> _visit = VisitName();

        internal NotesVerb(CliHost host)
            : base(host, "notes", "List the notes on a visit, the oldest first.", "hutch visit notes cm40601-2") => Add(_visit);

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            var table = new TextTable("NOTE", "TIME", "AUTHOR", "PINNED", "TEXT");
            await context.AddAsync(
                table, context.Server.ListVisitNotesAsync(context.Value(_visit)!, cancellationToken), HutchJson.Default.VisitNoteInfo,
                static note =>
                [
                    Human.Count(note.Number), Human.Minute(note.Time), note.Author,
                    note.DatasetName is { } name ? name + (note.Path is { } path ? ":" + path : "") : "",
                    note.Text.ReplaceLineEndings(" "),
                ]);
            context.Write(table, "There are no notes.");
            return ExitCode.Ok;
        }
    }
}
