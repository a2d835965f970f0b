using Hutch.Cluster.Setup;
using Hutch.Site.Engines;

namespace Hutch.Cli.Doctor;

/// <summary>
/// Checks that the database and the bucket that servers share can be used. Trial objects are written to the bucket and removed.
/// </summary>
internal static class EngineCheck
{
    private const int LongOffline = 300;

    internal static async Task RunAsync(Installation installation, DoctorReport report, CancellationToken cancellationToken)
    {
        // The configuration's own check reports its problems.
        if (!installation.IsServer || installation.Loaded.Problems.Count > 0)
        {
            return;
        }

        var storage = new SharedStorage(installation.Options.Engine, installation.Host.Environment);
        (IReadOnlyList<EngineFinding> findings, string? version) = await storage.ExamineAsync(
            installation.Folder, Guid.NewGuid, installation.Host.Time, cancellationToken);
        if (version is not null)
        {
            report.Version("PostgreSQL", version);
        }

        foreach (EngineFinding finding in findings)
        {
            finding.AddTo(report);
        }

        if (installation.Options.Engine.MaxOfflineSeconds is > LongOffline and var seconds)
        {
            report.Record(
                $"While PostgreSQL is away, fixed versions are given out for {seconds} s on rights that were known before.",
                "A right that is taken away at that moment counts so much later. Lower 'engine.maxOfflineSeconds' if that is too long.");
        }

        report.Record(
            "This server's data folder holds nothing that is not in PostgreSQL and the bucket.",
            "`hutch backup create` copies both. If you restore a backup that PostgreSQL's own tools made, restore none older than "
            + $"{installation.Options.Engine.KeepCondemnedDays} days ('engine.keepCondemnedDays'): the objects that it needs may be gone.");
    }
}
