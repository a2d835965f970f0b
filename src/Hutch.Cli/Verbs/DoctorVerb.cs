using Hutch.Cli.Configuration;
using Hutch.Cli.Doctor;
using Hutch.Cli.Hosting;
using Hutch.Cli.Output;

namespace Hutch.Cli.Verbs;

/// <summary><c>hutch doctor</c>.</summary>
internal sealed class DoctorVerb : Verb
{
    private readonly ServerOptionSet _server;

    internal DoctorVerb(CliHost host)
        : base(
            host,
            "doctor",
            "Look at an installation and say in words what is wrong and what to do. Nothing is changed; a server that runs is asked.",
            "hutch doctor",
            "hutch doctor --data /var/lib/hutch --config /etc/hutch/hutch.yaml",
            "hutch doctor --json") => _server = new ServerOptionSet(this);

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var patient = new Patient(_server.Read(context), context.Host);
        DoctorReport report = await Doctor.Doctor.ExamineAsync(patient, cancellationToken);
        int problems = report.Findings.Count(finding => finding.Problem);
        if (context.Json)
        {
            context.PrintJson(
                new DoctorLine(problems == 0, patient.Folder, patient.Holder, report.Findings, report.Looked, report.Versions),
                CliJson.Default.DoctorLine);
        }
        else
        {
            Print(context, patient, report, problems);
        }

        return problems == 0 ? ExitCode.Ok : ExitCode.Failure;
    }

    private static void Print(CliContext context, Patient patient, DoctorReport report, int problems)
    {
        TextWriter output = context.Host.Out;
        foreach (Finding finding in report.Findings.OrderByDescending(finding => finding.Problem))
        {
            output.WriteLine($"{(finding.Problem ? "PROBLEM" : "note")}  {finding.Check}: {finding.What}");
            output.WriteLine($"         {finding.Advice}");
        }

        string open = patient.Holder is { } holder ? $", open in {holder}" : ", not open";
        output.WriteLine(problems == 0
            ? $"Nothing is wrong with {patient.Folder}{open}."
            : $"{Human.Count(problems, "problem", "problems")} in {patient.Folder}{open}.");
        context.Note($"Looked at: {string.Join(", ", report.Looked)}.");
        context.Note($"Versions: {string.Join(", ", report.Versions.Select(version => $"{version.Key} {version.Value}"))}.");
    }
}
