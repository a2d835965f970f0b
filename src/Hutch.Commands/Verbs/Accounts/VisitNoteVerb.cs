using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Accounts;

internal sealed class VisitNoteVerb : Verb
{
    private readonly Argument<string> _visit = VisitVerbs.VisitName();

    private readonly Argument<string?> _text = new("text")
    {
        Description = "The text, as Markdown (default: standard input).",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _dataset = new("--dataset") { Description = "A dataset to pin.", HelpName = "DATASET" };

    private readonly Option<string?> _path = new("--path") { Description = "A file or frame of the pinned dataset.", HelpName = "PATH" };

    internal VisitNoteVerb(CliHost host)
        : base(
            host,
            "note",
            "Write a note on a visit. It can be corrected by another note only, once the visit has ended.",
            "hutch visit note cm40601-2 'Crystal 3 diffracts to 1.4 Å.' --dataset cm40601-2/lyso-3")
    {
        Add(_visit);
        Add(_text);
        Add(_dataset);
        Add(_path);
    }

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var note = new CreateVisitNote
        {
            Text = context.Value(_text) ?? await context.ReadTextAsync(null, cancellationToken),
            Dataset = context.Value(_dataset),
            Path = context.Value(_path),
        };
        VisitNoteInfo written = await context.Server.CreateVisitNoteAsync(context.Value(_visit)!, note, cancellationToken);
        context.Print(
            written, HutchJson.Default.VisitNoteInfo,
            string.Create(CultureInfo.InvariantCulture, $"Note {written.Number} on {context.Value(_visit)}."));
        return ExitCode.Ok;
    }
}
