using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Accounts;

internal sealed class VisitNoteVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "note",
        "Write a note on a visit. It can be corrected by another note only, once the visit has ended.",
        "hutch visit note cm40601-2 'Crystal 3 diffracts to 1.4 Å.' --dataset cm40601-2/lyso-3")
{
    private readonly Argument<string> _visit = verb.Add(VisitVerbs.VisitName());
    private readonly Argument<string?> _text = verb.Argument<string?>(
        "text", "The text, as Markdown (default: standard input).", ArgumentArity.ZeroOrOne);
    private readonly Option<string?> _dataset = verb.Option<string?>("--dataset DATASET", "A dataset to pin.");
    private readonly Option<string?> _path = verb.Option<string?>("--path PATH", "A file or frame of the pinned dataset.");

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
