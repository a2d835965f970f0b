using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Agents;

/// <summary><c>hutch agent keep</c>: how long the files of a dataset stay at the facility.</summary>
internal sealed class AgentKeepVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "keep",
        "Show until when a dataset's files stay at the facility, or keep them longer, within the limits that the facility sets.",
        "hutch agent keep 20211227125-demo",
        "hutch agent keep 20211227125-demo --until 2027-06-30")
{
    private readonly Argument<string?> _dataset = verb.Add(DatasetArgument.Optional());
    private readonly Option<DateTimeOffset?> _until = verb.Option<DateTimeOffset?>(
        "--until DATE", "Keep them until this date, such as 2027-06-30.");
    private readonly Option<bool> _forever = verb.Option<bool>("--forever", "Keep them without a time limit.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        (DateTimeOffset? until, bool isForever) = (context.Value(_until), context.Value(_forever));
        if (until is not null && isForever)
        {
            throw ErrorCode.BadRequest.With("Use either --until or --forever, not both.").ToException();
        }

        DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
        RetentionInfo retention = until is null && !isForever
            ? await context.Server.GetRetentionAsync(dataset.Id, cancellationToken)
            : await context.Server.KeepFilesAsync(dataset.Id, until, cancellationToken);
        context.Print(retention, HutchJson.Default.RetentionInfo, $"The files of {dataset.Name} stay at the facility {Until(retention)}.");
        return ExitCode.Ok;
    }

    private static string Until(RetentionInfo retention) => retention.Until is { } end
        ? "until " + Human.Minute(end) + (retention.Over ? ", which is over; nothing was removed" : "")
        : retention is { Acquiring: true, Limited: true } ? "for now: their time begins when acquisition ends"
        : "without a time limit";
}
