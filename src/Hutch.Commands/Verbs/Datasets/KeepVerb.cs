using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Datasets;

/// <summary><c>hutch keep</c>: makes a temporary dataset last.</summary>
internal sealed class KeepVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "keep",
        "Make a temporary dataset permanent, with its snapshots. The server copies its bytes to permanent storage, which takes as "
        + "long as reading them. After an interruption, run the command again to resume.",
        "hutch keep grid-scan-17")
{
    private readonly Argument<string?> _dataset = verb.Add(DatasetArgument.Optional());

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        DatasetId dataset = await context.ResolveIdAsync(context.Value(_dataset), cancellationToken);
        KeepInfo result = await context.Server.KeepDatasetAsync(dataset, cancellationToken);
        context.Print(
            result,
            HutchJson.Default.KeepInfo,
            result is { Files: 0, Missing: 0 }
                ? $"{context.Value(_dataset) ?? dataset.ToString()} is permanent; nothing had to be copied."
                : $"{context.Value(_dataset) ?? dataset.ToString()} is permanent now: {Human.Count(result.Files, "file")} copied, "
                    + $"{Display.Bytes(result.Bytes)}.");
        if (result.Missing == 0)
        {
            return ExitCode.Ok;
        }

        context.WriteNote($"{Human.Count(result.Missing, "file")} had ended before or cannot be read: `hutch verify` names them.");
        return ExitCode.VerificationFailed;
    }
}
