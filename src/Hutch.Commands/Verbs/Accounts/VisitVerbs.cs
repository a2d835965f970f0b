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

    private sealed class ImportVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "import",
            "Create or change visits by a file (administrators). A repetition changes nothing.",
            "hutch visit import visits.yaml")
    {
        private readonly Argument<string> _file = verb.Argument<string>(
            "file", "A YAML or JSON file with a visit, or a list under 'visits'.");

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

    private sealed class ListVisitsVerb(VerbDeclaration verb)
        : Verb(verb, "list", "List your visits, those that begin last first.", "hutch visit list --state running")
    {
        private readonly Option<bool> _all = verb.Option<bool>("--all", "List all visits, not only yours (administrators).");
        private readonly Option<string?> _state = verb.Option<string?>(
            "--state STATE", "Only upcoming, running or ended visits.");
        private readonly Option<string?> _proposal = verb.Option<string?>(
            "--proposal PROPOSAL", "Only visits of this proposal.");
        private readonly Option<string?> _instrument = verb.Option<string?>(
            "--instrument INSTRUMENT", "Only visits of this instrument.");

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

    private sealed class ShowVerb(VerbDeclaration verb)
        : Verb(verb, "show", "Show a visit: dates, people, samples.", "hutch visit show cm40601-2")
    {
        private readonly Argument<string> _visit = verb.Add(VisitName());

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

    private sealed class AddVerb(VerbDeclaration verb)
        : Verb(verb, "add", "Add a person to a visit, or change the role.", "hutch visit add cm40601-2 bob --role local-contact")
    {
        private readonly Argument<string> _visit = verb.Add(VisitName());
        private readonly Argument<string> _user = verb.Add(UserName());
        private readonly Option<string?> _role = verb.Option<string?>(
            "--role ROLE", "principal-investigator, experimenter (default) or local-contact.");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            (string visit, string user) = (context.Value(_visit)!, context.Value(_user)!);
            var person = new PutVisitPerson { Role = context.Value(_role) };
            VisitInfo changed = await context.Server.PutVisitPersonAsync(visit, user, person, cancellationToken);
            context.Print(changed, HutchJson.Default.VisitInfo, $"{user} is {person.Role ?? "experimenter"} of {visit}.");
            return ExitCode.Ok;
        }
    }

    private sealed class RemoveVerb(VerbDeclaration verb)
        : Verb(verb, "remove", "Remove a person from a visit.", "hutch visit remove cm40601-2 bob")
    {
        private readonly Argument<string> _visit = verb.Add(VisitName());
        private readonly Argument<string> _user = verb.Add(UserName());

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            (string visit, string user) = (context.Value(_visit)!, context.Value(_user)!);
            await context.Server.DeleteVisitPersonAsync(visit, user, cancellationToken);
            context.WriteDone($"Removed {user} from {visit}.");
            return ExitCode.Ok;
        }
    }

    private sealed class EndVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "end",
            "End a visit now. Its people can read its datasets, but no longer change them; only an administrator can undo it.",
            "hutch visit end cm40601-2")
    {
        private readonly Argument<string> _visit = verb.Add(VisitName());

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            VisitInfo visit = await context.Server.EndVisitAsync(context.Value(_visit)!, cancellationToken);
            context.Print(visit, HutchJson.Default.VisitInfo, Line(visit));
            return ExitCode.Ok;
        }
    }

    private sealed class NotesVerb(VerbDeclaration verb)
        : Verb(verb, "notes", "List the notes on a visit, the oldest first.", "hutch visit notes cm40601-2")
    {
        private readonly Argument<string> _visit = verb.Add(VisitName());

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
