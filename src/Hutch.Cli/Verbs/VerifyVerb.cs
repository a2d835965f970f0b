using System.CommandLine;
using Hutch.Cli.Hosting;
using Hutch.Cli.Output;
using Hutch.Model;
using Hutch.Model.Contracts;

namespace Hutch.Cli.Verbs;

/// <summary><c>hutch verify</c>: lets the server read every byte again.</summary>
internal sealed class VerifyVerb : Verb
{
    private readonly Argument<string?> _dataset = DatasetArgument.Optional(
        "The dataset, or DATASET@SNAPSHOT (default: that of the working directory).");

    internal VerifyVerb(CliHost host)
        : base(
            host,
            "verify",
            "Verify a dataset: the server reads every byte and compares it with its hash.",
            "hutch verify lysozyme") => Add(_dataset);

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        (DatasetInfo dataset, string? at) = await context.ResolveAsync(context.Value(_dataset), cancellationToken);
        VerifyLine? last = null;
        await foreach (VerifyLine line in context.Server.VerifyAsync(dataset.Id, at, cancellationToken))
        {
            if (last is null)
            {
                context.Progress.Start("Verifying", line.Total, line.TotalBytes);
            }

            context.Progress.Add(line.Checked - (last?.Checked ?? 0), line.Bytes - (last?.Bytes ?? 0));
            foreach (string problem in line.Problems ?? [])
            {
                context.Host.Error.WriteLine("hutch: " + problem);
            }

            last = line;
        }

        context.Progress.Dispose();
        bool ok = last?.Ok == true;
        string verdict = ok ? "no damage" : "damage found";
        context.Print(
            last!,
            HutchJson.Default.VerifyLine,
            $"{dataset.Name}: {Human.Count(last!.Checked, "blob", "blobs")}, {Display.Bytes(last.Bytes)} read; {verdict}.");
        return ok ? ExitCode.Ok : ExitCode.VerificationFailed;
    }
}
