using Hutch.Cli.Configuration;
using Hutch.Cli.Doctor;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Cli.Verbs.Servers;

internal sealed class DoctorVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "doctor",
        "Check an installation: report problems and how to fix them. Changes nothing; asks a running server for its status. Without "
        + "--data and --config, and where you have no data folder, it checks the service of this machine.",
        "hutch doctor",
        "hutch doctor --data /srv/hutch",
        "hutch doctor --json")
{
    private readonly ServerOptionSet _server = new(verb) { FindsService = true };

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var installation = new Installation(_server.Read(context), context.Host);
        DoctorReport report = await Doctor.Doctor.ExamineAsync(installation, cancellationToken);
        int problems = report.Findings.Count(finding => finding.Problem);
        if (context.Json)
        {
            context.PrintJson(
                new DoctorLine(problems == 0, installation.Folder, installation.Holder, report.Findings, report.Looked, report.Versions),
                FullJson.Default.DoctorLine);
        }
        else
        {
            Print(context, installation, report, problems);
        }

        return problems == 0 ? ExitCode.Ok : ExitCode.Failure;
    }

    private static void Print(CliContext context, Installation installation, DoctorReport report, int problems)
    {
        TextWriter output = context.Host.Out;
        foreach (Finding finding in report.Findings.OrderByDescending(finding => finding.Problem))
        {
            output.WriteLine($"{(finding.Problem ? "PROBLEM" : "note")}  {finding.Check}: {finding.What}");
            output.WriteLine($"         {finding.Advice}");
        }

        string service = installation.Service is null ? "" : $" of {ServiceUnit.Name}";
        string open = service + (installation.Holder is { } holder ? $", in use by {holder}" : installation.IsHidden ? "" : ", not in use");
        output.WriteLine(problems == 0
            ? $"No problems in {installation.Folder}{open}."
            : $"{Human.Count(problems, "problem")} in {installation.Folder}{open}.");
        context.WriteNote($"Checked: {string.Join(", ", report.Looked)}.");
        context.WriteNote($"Versions: {string.Join(", ", report.Versions.Select(version => $"{version.Key} {version.Value}"))}.");
    }
}

/// <summary>The output of <c>hutch doctor --json</c>.</summary>
internal sealed record DoctorLine(
    bool Ok,
    string DataFolder,
    string? OpenIn,
    IReadOnlyList<Finding> Findings,
    IReadOnlyList<string> Looked,
    IReadOnlyDictionary<string, string> Versions);
