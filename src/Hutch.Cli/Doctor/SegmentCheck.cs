namespace Hutch.Cli.Doctor;

/// <summary>
/// Checks that all segments exist and end as they were sealed. The server's scrub and `hutch backup verify` read their content again.
/// </summary>
internal static class SegmentCheck
{
    private const string Advice =
        "Stop the server and restore it from a backup. `hutch verify DATASET` then lists the damaged files, if any.";

    internal static void Run(Installation installation, DoctorReport report)
    {
        if (installation.IsServer)
        {
            return;
        }

        foreach (string lost in installation.Inspection.LostSegments())
        {
            report.Problem($"The segment {lost} is missing, but was never retired.", Advice);
        }

        foreach (string incomplete in installation.Inspection.IncompleteSegments())
        {
            report.Problem($"A segment is damaged: {incomplete}.", Advice);
        }

        foreach (string unreadable in installation.Inspection.UnreadableSegments())
        {
            report.Problem($"The segment {unreadable} has no valid header.", Advice);
        }

        IReadOnlyList<string> uncertain = installation.Inspection.UncertainSegments();
        if (uncertain.Count > 0)
        {
            report.Record(
                $"An older version sealed {uncertain.Count} of the segments, and did not note what they contain "
                + $"(the last is {uncertain[^1]}): whether they lost something before the upgrade to format 3 cannot be checked from here.",
                "`hutch verify DATASET` reads every file of a dataset. What happens to these segments from the upgrade on is noticed.");
        }
    }
}
