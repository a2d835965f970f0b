using Hutch.Site.Engines;

namespace Hutch.Cli.Doctor;

/// <summary>Checks the bucket that keeps the segments of a data folder: its answer, owner, clock and left-over uploads.</summary>
internal static class BucketCheck
{
    internal static async Task RunAsync(Installation installation, DoctorReport report, CancellationToken cancellationToken)
    {
        if (!installation.Options.Storage.Bucket.IsOn || installation.Loaded.Problems.Count > 0)
        {
            return;
        }

        foreach (EngineFinding finding in await installation.Options.Storage.Bucket.ExamineAsync(
            installation.Folder, installation.Host.Environment, installation.Host.Time, cancellationToken))
        {
            finding.AddTo(report);
        }
    }

    /// <summary>Adds a finding about the storage of a site.</summary>
    internal static void AddTo(this EngineFinding finding, DoctorReport report)
    {
        if (finding.IsProblem)
        {
            report.Problem(finding.What, finding.Advice);
        }
        else
        {
            report.Record(finding.What, finding.Advice);
        }
    }
}
